import type { CredentialKind } from './credential.ts'
import type { Operation } from './openapi.ts'

/** A request that may do what it asks for. */
export interface ApiRequest {
  readonly method: string
  readonly body: string
  readonly operation: Operation
  readonly query: URLSearchParams
  readonly apiUrl: string
  /** Whose request it is. */
  readonly kind: CredentialKind
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** GitHub's shape of an error. */
export function error(
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers,
    body: {
      message,
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    },
  }
}

/** One page of a list, of at most 100 entries, as the query asks for it. */
export function page<T>(
  all: readonly T[],
  query: URLSearchParams,
): readonly T[] {
  const size = Math.min(Number(query.get('per_page') ?? 30), 100)
  const first = (Number(query.get('page') ?? 1) - 1) * size
  return all.slice(first, first + size)
}

/** GitHub's timestamps have whole seconds. */
export function toSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, 'Z')
}
