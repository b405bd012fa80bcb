import { isSuccess, type Answer } from './answer.ts'

/** The commit that the ref is at; undefined when GitHub does not say. */
export function shaOfRef(answer: Answer): string | undefined {
  const { object } = (answer.data ?? {}) as { object?: unknown }
  return isSuccess(answer) ? readSha(object) : undefined
}

/** SHA-1, or SHA-256 some day. */
export function readSha(holder: unknown): string | undefined {
  const { sha } = (holder ?? {}) as { sha?: unknown }
  return typeof sha === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(sha)
    ? sha
    : undefined
}

/** Another run was faster; GitHub uses 422 for much else as well. */
export function isLostRace(answer: Answer): boolean {
  return (
    answer.kind === 'answer' &&
    answer.status === 422 &&
    /not a fast.forward|reference already exists/i.test(answer.message ?? '')
  )
}
