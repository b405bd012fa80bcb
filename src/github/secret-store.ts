import { RotationError, type Failure } from '../rotation/outcome/errors.ts'
import { keyId as readKeyId } from '../rotation/tokens/sealed-secret.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import { isSuccess, type Answer } from './answer.ts'
import type { Api, ApiRequest } from './api.ts'
import { visibilityParameters } from './visibility.ts'
import {
  canonicalStore,
  describeHolder,
  describeStore,
  type StoreOf,
} from './places.ts'
import { explainRefusal, type AccessLevel } from './refusals.ts'
import type { Route, SecretRouteTable } from './routes.ts'
import { seal, warmUp, type PublicKey } from './seal.ts'
import {
  hasVisibility,
  maxSecrets,
  optionalFeature,
  parametersOf,
  requiredPermission,
  requiredScope,
  routesOf,
} from './store-facts.ts'

/** Before the spend, giving up loses nothing. */
const PREFLIGHT_BUDGET_MILLISECONDS = 2 * 60_000

export interface SecretsRequest {
  readonly route: Route
  /** Of the secret, if it is about one. */
  readonly name?: string
  /** Of a list. */
  readonly page?: { readonly perPage: number; readonly number: number }
  readonly body?: NonNullable<ApiRequest['body']>
  readonly budgetMilliseconds?: number
  readonly mayRepeat?: NonNullable<ApiRequest['mayRepeat']>
  readonly isPaced?: boolean
}

export class SecretStore {
  /** One spelling for each store. */
  readonly id: string
  readonly label: string
  readonly #store: StoreOf
  readonly api: Api
  readonly #probeName: string
  /** Many writes are due, so those that can wait do. */
  readonly #isPaced: boolean
  #fetching: Promise<PublicKey> | undefined
  #key: PublicKey | undefined

  constructor(store: StoreOf, api: Api, probeName: string, isPaced: boolean) {
    this.id = canonicalStore(store)
    this.label = describeStore(store)
    this.#store = store
    this.api = api
    this.#probeName = probeName
    this.#isPaced = isPaced
  }

  get routes(): SecretRouteTable {
    return routesOf(this.#store)
  }

  send({
    route,
    name,
    page,
    body,
    budgetMilliseconds = PREFLIGHT_BUDGET_MILLISECONDS,
    mayRepeat,
    isPaced = false,
  }: SecretsRequest): Promise<Answer> {
    return this.api.send({
      route,
      parameters: {
        ...parametersOf(this.#store.holder),
        ...(name !== undefined && { secret_name: name }),
        ...(page && { per_page: page.perPage, page: page.number }),
      },
      ...(body && { body }),
      budgetMilliseconds,
      ...(mayRepeat && { mayRepeat }),
      isPaced: isPaced && this.#isPaced,
    })
  }

  /** Fetched by {@link fetchKey}. */
  get key(): PublicKey {
    if (this.#key === undefined) throw new TypeError('no public key yet')
    return this.#key
  }

  /** Fetches the public key once for all places of the store. */
  async fetchKey(): Promise<void> {
    this.#key = await (this.#fetching ??= this.#requestKey())
  }

  async fetchKeyAgain(): Promise<void> {
    this.#key = await this.#requestKey()
  }

  async #requestKey(): Promise<PublicKey> {
    const task = `read the public key of the ${this.label}`
    const [answer] = await Promise.all([
      this.send({ route: this.routes.publicKey }),
      warmUp(),
    ])
    if (!isSuccess(answer)) throw this.refusal('read', task, answer)
    try {
      const { key_id, key } = answer.data as Record<string, unknown>
      const publicKey = { keyId: readKeyId(key_id), key: String(key) }
      // An unusable key must be found out now, not after the spend.
      seal(new SecretValue('a trial'), publicKey)
      return publicKey
    } catch {
      throw new RotationError(
        {
          code: 'GITHUB_UNAVAILABLE',
          what: `GitHub's public key for the ${this.label} cannot be used.`,
          remedy: 'Run the workflow again.',
        },
        'unchanged',
      )
    }
  }

  /** Rewriting the real secret would prove more, but with a value that may be old. */
  async probe(): Promise<void> {
    const put = await this.send({
      route: this.routes.write,
      name: this.#probeName,
      body: {
        key_id: this.key.keyId,
        encrypted_value: seal(new SecretValue('probe'), this.key),
        // No repository needs to read it.
        ...(hasVisibility(this.#store) &&
          visibilityParameters(this.#store, {
            visibility: 'selected',
            repositories: [],
          })),
      },
      isPaced: true,
    })
    if (!isSuccess(put)) {
      await this.#refuseFullStore(put)
      throw this.refusal('write', `write the ${this.label}`, put)
    }
  }

  async removeProbe(): Promise<void> {
    const deleted = await this.send({
      route: this.routes.delete,
      name: this.#probeName,
      isPaced: true,
    })
    // Not found is fine: another run has deleted it.
    if (isSuccess(deleted)) return
    if (deleted.kind === 'answer' && deleted.status === 404) return
    throw this.refusal(
      'write',
      `delete the probe secret ${this.#probeName}, which is one of the ${this.label}`,
      deleted,
    )
  }

  /** GitHub does not document how it refuses one secret too many, so count. */
  async #refuseFullStore(refused: Answer): Promise<void> {
    const max = maxSecrets(this.#store)
    if (max === undefined) return
    if (refused.kind !== 'answer' || refused.status >= 500) return
    if ([401, 403, 404, 429].includes(refused.status)) return
    const answer = await this.send({
      route: this.routes.list,
      page: { perPage: 1, number: 1 },
    })
    const { total_count: count } = (answer.data ?? {}) as Record<
      string,
      unknown
    >
    if (typeof count !== 'number' || count < max) return
    throw new RotationError(
      {
        code: 'SECRET_STORE_FULL',
        what: `The ${describeHolder(this.#store.holder)} already has ${count} secrets, which is all that GitHub allows, so write access cannot be proven with another one.`,
        remedy: 'Delete a secret that is no longer needed.',
      },
      'unchanged',
    )
  }

  /** @param task continues "GitHub did not let this run ..." */
  refusal(access: AccessLevel, task: string, answer: Answer): RotationError {
    return new RotationError(this.explain(access, task, answer), 'unchanged')
  }

  explain(access: AccessLevel, task: string, answer: Answer): Failure {
    const holder = describeHolder(this.#store.holder)
    const feature = optionalFeature(this.#store)
    return explainRefusal(
      {
        holder,
        permission: requiredPermission(this.#store),
        classicScope: requiredScope(this.#store),
        ...(feature && { feature }),
        otherwise: {
          code: 'SECRET_REFUSED',
          remedy: `Check that the ${holder} can hold this secret.`,
        },
      },
      this.api,
      access,
      task,
      answer,
    )
  }
}
