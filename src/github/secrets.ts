import type {
  SecretMetadata,
  SecretPlace,
  WriteResult,
} from '../rotation/ports.ts'
import type { SealedSecret } from '../rotation/tokens/sealed-secret.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { readTime } from '../rotation/outcome/time.ts'
import { isSuccess, type Answer } from './answer.ts'
import type { Api } from './api.ts'
import {
  visibilityOptions,
  visibilityParameters,
  type Visibility,
} from './visibility.ts'
import { readVisibility } from './read-visibility.ts'
import { replaceCommand, restoreCommand } from './by-hand.ts'
import {
  canonicalStore,
  describePlace,
  placeWithin,
  type CurrentRepository,
  type Place,
} from './places.ts'
import { seal } from './seal.ts'
import { SecretStore } from './secret-store.ts'
import { PrecedenceCheck, type Tell } from './precedence.ts'
import { hasVisibility } from './store-facts.ts'

/** After the spend, giving up loses the token: nearly any wait is worth it. */
const STORE_BUDGET_MILLISECONDS = 15 * 60_000

/** From here GitHub wants a pause between writes; fewer are done in a moment. */
const MANY_WRITES = 40

export interface PlacesOf<T> {
  readonly refreshTokenPlace: T
  readonly accessTokenPlaces: readonly T[]
}

export interface PlacesOptions {
  readonly apiFor: (place: Place) => Api
  readonly current: CurrentRepository
  readonly tell: Tell
}

/** Places in one store share its key; `probeName` is written and deleted as a proof. */
export function openPlaces(
  {
    refreshTokenPlace,
    accessTokenPlaces,
    probeName,
  }: PlacesOf<Place> & { readonly probeName: string },
  { apiFor, current, tell }: PlacesOptions,
): PlacesOf<SecretPlace> {
  const all = [refreshTokenPlace, ...accessTokenPlaces]
  const ids = new Set(all.map(canonicalStore))
  // The probe is written and deleted in each store.
  const isPaced = 2 * ids.size + all.length > MANY_WRITES
  const precedence = new PrecedenceCheck(current, tell)
  const stores = new Map<string, SecretStore>()
  const open = (place: Place, isUrgent: boolean): SecretPlace => {
    const id = canonicalStore(place)
    const store =
      stores.get(id) ??
      new SecretStore(place, apiFor(place), probeName, isPaced)
    stores.set(id, store)
    const name = placeWithin(place, current)
    return new GitHubSecret(name, place, store, precedence, isUrgent)
  }
  return {
    refreshTokenPlace: open(refreshTokenPlace, true),
    accessTokenPlaces: accessTokenPlaces.map((place) => open(place, false)),
  }
}

class GitHubSecret implements SecretPlace {
  readonly id: string
  readonly label: string
  readonly #place: Place
  readonly #store: SecretStore
  readonly #precedence: PrecedenceCheck
  /** Written alone and first, with only the pauses that GitHub asks for. */
  readonly #isUrgent: boolean
  #visibility: Visibility | undefined

  constructor(
    id: string,
    place: Place,
    store: SecretStore,
    precedence: PrecedenceCheck,
    isUrgent: boolean,
  ) {
    this.id = id
    this.label = describePlace(place)
    this.#place = place
    this.#store = store
    this.#precedence = precedence
    this.#isUrgent = isUrgent
  }

  get store(): string {
    return this.#store.label
  }

  get replaceCommand(): string {
    const command = replaceCommand(this.#place, this.#store.api.webUrl)
    return command + visibilityOptions(this.#place, this.#visibility)
  }

  restoreCommand(sealed: SealedSecret): string {
    const visibility = visibilityParameters(this.#place, this.#visibility)
    return restoreCommand(
      this.#place,
      sealed,
      visibility,
      this.#store.api.webUrl,
    )
  }

  async inspect(): Promise<SecretMetadata | 'missing'> {
    return this.#readMetadata(await this.#get())
  }

  async inspectOnce(): Promise<SecretMetadata | 'missing'> {
    return this.#readMetadata(await this.#get(0))
  }

  async prepare(): Promise<void> {
    const checking = this.#precedence.check(this.#place, this.#store.api)
    try {
      await Promise.all([this.#store.fetchKey(), this.prepareWrite()])
    } finally {
      await checking
    }
  }

  async prepareWrite(): Promise<void> {
    if (!hasVisibility(this.#place)) return
    this.#visibility = await readVisibility(this.#place, this.#store)
  }

  probe(): Promise<void> {
    return this.#store.probe()
  }

  removeProbe(): Promise<void> {
    return this.#store.removeProbe()
  }

  seal(value: SecretValue): SealedSecret {
    const { key } = this.#store
    return { keyId: key.keyId, encryptedValue: seal(value, key) }
  }

  renewKey(): Promise<void> {
    return this.#store.fetchKeyAgain()
  }

  async isSealedForOldKey({ keyId }: SealedSecret): Promise<boolean> {
    try {
      await this.#store.fetchKeyAgain()
    } catch {
      return false
    }
    return this.#store.key.keyId !== keyId
  }

  async write(
    { keyId, encryptedValue }: SealedSecret,
    mayRepeat: () => Promise<boolean>,
  ): Promise<WriteResult> {
    const answer = await this.#store.send({
      route: this.#store.routes.write,
      name: this.#place.name,
      body: {
        key_id: keyId,
        encrypted_value: encryptedValue,
        ...visibilityParameters(this.#place, this.#visibility),
      },
      budgetMilliseconds: STORE_BUDGET_MILLISECONDS,
      mayRepeat,
      isPaced: !this.#isUrgent,
    })
    if (isSuccess(answer)) {
      const isNew = answer.kind === 'answer' && answer.status === 201
      return { kind: 'written', isNew, at: answer.date }
    }
    const task = `write the ${this.label}`
    const failure = this.#store.explain('write', task, answer)
    // GitHub does not document how it refuses a value sealed for an old key.
    const isUnprocessable = answer.kind === 'answer' && answer.status === 422
    return { kind: isUnprocessable ? 'key-refused' : 'refused', failure }
  }

  #get(budgetMilliseconds?: number): Promise<Answer> {
    return this.#store.send({
      route: this.#store.routes.read,
      name: this.#place.name,
      ...(budgetMilliseconds !== undefined && { budgetMilliseconds }),
    })
  }

  #readMetadata(answer: Answer): SecretMetadata | 'missing' {
    if (answer.kind === 'answer' && answer.status === 404) return 'missing'
    const { updated_at } = (answer.data ?? {}) as Record<string, unknown>
    const updatedAt = readTime(updated_at)
    if (!isSuccess(answer) || updatedAt === undefined) {
      throw this.#store.refusal('read', `look at the ${this.label}`, answer)
    }
    return { updatedAt, readAt: answer.date }
  }
}
