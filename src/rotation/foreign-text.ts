import type { SecretValue } from './secret-value.ts'

/** Parts of a secret this long are recognised; shorter ones prove nothing. */
const RECOGNISED_LENGTH = 8
const SHOWN_LENGTH = 200

/**
 * Makes text that a server sent fit to be shown: one line, so that it cannot
 * start a workflow command; printable ASCII; at most 200 characters. Servers
 * like to quote what they were sent, so a text that holds a part of a secret is
 * withheld as a whole.
 */
export function quote(text: string, secrets: readonly SecretValue[]): string {
  if (secrets.some((secret) => holdsPartOf(text, secret.reveal()))) {
    return '(withheld: it quotes a secret)'
  }
  const line = text
    .replaceAll(/[^\x21-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .trim()
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}...` : line
}

function holdsPartOf(text: string, secret: string): boolean {
  const length = Math.min(RECOGNISED_LENGTH, secret.length)
  if (length === 0) return false
  for (let start = 0; start + length <= secret.length; start++) {
    if (text.includes(secret.slice(start, start + length))) return true
  }
  return false
}

/**
 * What may be shown of an error that a library threw: its code or its class, or
 * those of what caused it. Never its message: it may hold a part of a request.
 */
export function nameError(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown
  const { code, cause, name } = thrown as Partial<Record<string, unknown>>
  if (typeof code === 'string') return code
  if (typeof cause === 'object' && cause !== null) return nameError(cause)
  return typeof name === 'string' ? name : 'unknown error'
}

/** Codes of a certificate that nobody told this machine to trust. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

/** The same for a connection, with what helps where that is known. */
export function explainConnection(thrown: unknown, host: string): string {
  const name = nameError(thrown)
  return untrusted.has(name)
    ? `${name}: the certificate of ${host} is not trusted; 'ca-certificates' takes the certificate of the CA that issued it`
    : name
}
