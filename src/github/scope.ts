import { RotationError } from '../rotation/errors.ts'
import { SecretValue } from '../rotation/secret-value.ts'
import type { Answer, Api } from './api.ts'
import { describeScope, secretsEndpoint, type Place } from './places.ts'
import { explainRefusal, secretsOf, type Access } from './refusals.ts'
import { seal, warmUp, type PublicKey } from './seal.ts'

/** Before the spend nothing is lost by giving up. */
const PREFLIGHT_BUDGET_MILLISECONDS = 2 * 60_000

/** @see https://docs.github.com/en/actions/reference/security/secrets */
const MOST_SECRETS = { repository: 100, environment: 100, organization: 1000 }

/**
 * A repository, an environment or an organization as a holder of secrets: what
 * they share is the public key and the permission to write.
 */
export class Scope {
  readonly label: string
  readonly #place: Place
  readonly #api: Api
  readonly #probeName: string
  #fetching: Promise<PublicKey> | undefined
  #key: PublicKey | undefined

  /** @param place any place in the scope */
  constructor(place: Place, api: Api, probeName: string) {
    this.label = describeScope(place)
    this.#place = place
    this.#api = api
    this.#probeName = probeName
  }

  /**
   * Sends one request about the secrets of the scope.
   *
   * @param path what follows the route of the secrets, such as `/{secret_name}`
   */
  send(
    method: 'GET' | 'PUT' | 'DELETE',
    path: string,
    parameters: Readonly<Record<string, unknown>>,
    budgetMilliseconds = PREFLIGHT_BUDGET_MILLISECONDS,
    mayRepeat?: () => Promise<boolean>,
  ): Promise<Answer> {
    const endpoint = secretsEndpoint(this.#place)
    return this.#api.send({
      route: `${method} ${endpoint.route}${path}`,
      parameters: { ...endpoint.parameters, ...parameters },
      budgetMilliseconds,
      ...(mayRepeat && { mayRepeat }),
    })
  }

  /** The public key; fetched by {@link fetchKey}. */
  get key(): PublicKey {
    if (this.#key === undefined) throw new TypeError('no public key yet')
    return this.#key
  }

  /** Fetches the public key once for all places of the scope. */
  async fetchKey(): Promise<void> {
    this.#key = await (this.#fetching ??= this.#requestKey())
  }

  async fetchKeyAgain(): Promise<void> {
    this.#key = await this.#requestKey()
  }

  async #requestKey(): Promise<PublicKey> {
    const task = `read the public key of the ${this.label}`
    const [answer] = await Promise.all([
      this.send('GET', '/public-key', {}),
      warmUp(),
    ])
    if (answer.kind !== 'answer' || answer.status !== 200) {
      throw this.refusal('read', task, answer)
    }
    const { key_id: keyId, key } = answer.data as Record<string, unknown>
    const publicKey = { keyId: String(keyId), key: String(key) }
    try {
      // A key that cannot seal must be found out now, not after the spend.
      seal(new SecretValue('a trial'), publicKey)
    } catch {
      throw new RotationError(
        {
          code: 'GITHUB_UNAVAILABLE',
          what: `GitHub's public key of the ${this.label} cannot be used.`,
          remedy: 'Run the workflow again.',
        },
        'unchanged',
      )
    }
    return publicKey
  }

  /**
   * Proves write access with a secret of its own name. Rewriting the real secret
   * would prove more, but with a value that may be old.
   */
  async probe(): Promise<void> {
    const put = await this.send('PUT', '/{secret_name}', {
      secret_name: this.#probeName,
      key_id: this.key.keyId,
      encrypted_value: seal(new SecretValue('probe'), this.key),
      ...(this.#place.kind === 'organization' && {
        visibility: 'selected',
        selected_repository_ids: [],
      }),
    })
    if (!isSuccess(put)) {
      await this.#refuseFullStore(put)
      throw this.refusal('write', `write secrets of the ${this.label}`, put)
    }
  }

  async removeProbe(): Promise<void> {
    const deleted = await this.send('DELETE', '/{secret_name}', {
      secret_name: this.#probeName,
    })
    // Finding nothing is fine: another run has deleted it.
    if (isSuccess(deleted)) return
    if (deleted.kind === 'answer' && deleted.status === 404) return
    throw this.refusal(
      'write',
      `delete the secret ${this.#probeName} of the ${this.label} again`,
      deleted,
    )
  }

  /** GitHub does not document how it refuses one secret too many, so count. */
  async #refuseFullStore(refused: Answer): Promise<void> {
    if (refused.kind !== 'answer' || refused.status >= 500) return
    if ([401, 403, 404, 429].includes(refused.status)) return
    const most = MOST_SECRETS[this.#place.kind]
    const answer = await this.send('GET', '', { per_page: 1 })
    const { total_count: count } = (answer.data ?? {}) as Record<
      string,
      unknown
    >
    if (typeof count !== 'number' || count < most) return
    throw new RotationError(
      {
        code: 'SECRET_STORE_FULL',
        what: `The ${this.label} already has ${count} secrets, which is all that GitHub allows, so write access cannot be proven with another one.`,
        remedy: 'Delete a secret that is no longer needed.',
      },
      'unchanged',
    )
  }

  /** @param task continues "GitHub did not let this run ..." */
  refusal(access: Access, task: string, answer: Answer): RotationError {
    return new RotationError(
      explainRefusal(secretsOf(this.#place), access, task, answer),
      'unchanged',
    )
  }
}

export function isSuccess(answer: Answer): boolean {
  return answer.kind === 'answer' && answer.status >= 200 && answer.status < 300
}
