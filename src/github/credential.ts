import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import { formatTime, readTime } from '../rotation/outcome/time.ts'
import type { Headers } from './retry.ts'

/** Decides what GitHub allows. `job`: the built-in GITHUB_TOKEN. */
export type CredentialKind =
  | 'fine-grained'
  | 'classic'
  | 'user'
  | 'installation'
  | 'job'
  | 'app'
  | 'unknown'

/** What authorizes requests to GitHub. */
export interface Credential {
  readonly kind: CredentialKind
  /** Human-readable; begins a sentence. */
  readonly label: string
  /** Where a person changes its permissions, or creates a new one. */
  readonly page: string
  /** When it expires, once known. */
  readonly expiresAt: Date | undefined
  /** @throws RotationError `unchanged` when none is available */
  token(): Promise<SecretValue>
  /** Learns from the headers of an answer. */
  learn(headers: Headers, now: Date): void
}

const WARNING_DAYS = 14
const DAY_MILLISECONDS = 86_400_000

/** @see https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/ */
const prefixes: readonly (readonly [string, CredentialKind])[] = [
  ['github_pat_', 'fine-grained'],
  ['ghp_', 'classic'],
  ['gho_', 'user'],
  ['ghu_', 'user'],
  ['ghs_', 'installation'],
]

const names: Record<CredentialKind, string> = {
  'fine-grained': 'fine-grained token',
  classic: 'classic token',
  user: 'user access token',
  installation: 'installation token',
  job: 'token of the job (GITHUB_TOKEN)',
  app: 'token of the GitHub App',
  unknown: 'token',
}

/** For messages only: what a token may do is up to GitHub. */
export function kindOf(token: SecretValue): CredentialKind {
  const text = token.reveal()
  const [, kind] = prefixes.find(([prefix]) => text.startsWith(prefix)) ?? []
  return kind ?? 'unknown'
}

/** Where a person manages a credential of this kind. */
export function pageFor(kind: CredentialKind, webUrl: URL): string {
  const path = {
    'fine-grained': 'settings/personal-access-tokens',
    classic: 'settings/tokens',
    user: 'settings/applications',
    installation: 'settings/apps',
    job: 'settings/personal-access-tokens/new',
    app: 'settings/apps',
    unknown: 'settings/tokens',
  }[kind]
  return new URL(path, webUrl).href
}

export class GivenToken implements Credential {
  readonly kind: CredentialKind
  readonly label: string
  readonly page: string
  expiresAt: Date | undefined
  readonly #token: SecretValue
  readonly #warn: (line: string) => void

  /** @param warn told once when it is about to expire */
  constructor(
    token: SecretValue,
    kind: CredentialKind,
    input: string,
    webUrl: URL,
    warn: (line: string) => void,
  ) {
    this.kind = kind
    this.label = `The ${names[kind]} in '${input}'`
    this.page = pageFor(kind, webUrl)
    this.#token = token
    this.#warn = warn
  }

  token(): Promise<SecretValue> {
    return Promise.resolve(this.#token)
  }

  learn(headers: Headers, now: Date): void {
    const expiresAt = readExpiry(headers)
    if (expiresAt === undefined || this.expiresAt !== undefined) return
    this.expiresAt = expiresAt
    const days = (expiresAt.getTime() - now.getTime()) / DAY_MILLISECONDS
    if (days > WARNING_DAYS) return
    this.#warn(
      `${this.label} expires ${formatTime(expiresAt)}. Put a new one into its secret before then: ${this.page}. Without it no rotation can be stored, so none is started.`,
    )
  }
}

/** GitHub writes `2026-12-01 10:00:00 UTC` or `2026-12-01 10:00:00 +0000`. */
function readExpiry(headers: Headers): Date | undefined {
  const [, date, time, zone = ''] =
    /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) (UTC|[+-]\d{4})$/.exec(
      headers['github-authentication-token-expiration'] ?? '',
    ) ?? []
  return readTime(`${date}T${time}${zone === 'UTC' ? 'Z' : zone}`)
}
