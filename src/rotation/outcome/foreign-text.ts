import type { SecretValue } from '../tokens/secret-value.ts'

/** Makes text from a server safe to show. */
export type Quote = (text: string) => string

/** Parts of a secret this long are recognised; shorter ones prove nothing. */
const RECOGNISED_LENGTH = 8
/**
 * Anything shorter occurs in every text: to search for it would withhold every answer,
 * and hide nothing. It is withheld only where it is the whole text.
 */
const SHORTEST_LENGTH = 4
const SHOWN_LENGTH = 200
/** More is never shown, and decoding a megabyte takes time. */
const SEARCHED_LENGTH = 4000
const WITHHELD = '(withheld: it quotes a secret)'

/** Servers like to quote what they were sent, and what they were going to answer. */
export class HeldSecrets {
  readonly #secrets: SecretValue[] = []
  /** Built on first use: most runs have nothing to show. */
  #parts: Parts | undefined

  add(secret: SecretValue): void {
    this.#secrets.push(secret)
    this.#parts = undefined
  }

  /**
   * Shows foreign text: on one line, so that it cannot start a workflow command; in
   * printable ASCII; at most 200 characters; not at all when it holds a part of a
   * secret in any encoding; and without words that could be a token not seen before.
   */
  readonly quote: Quote = (text) => {
    if (this.#isSecret(text)) return WITHHELD
    const searched = text.slice(0, SEARCHED_LENGTH)
    const parts = this.#partsOfAll()
    const isHeld = [...decodings(searched)].some(
      (decoded) => parts.standIn(decoded) || parts.standIn(toLetters(decoded)),
    )
    if (isHeld) return WITHHELD
    const { line, isCut } = cutOpaqueWords(toLine(searched))
    const isNothingLeft = !/[a-z]{2}/i.test(line.replaceAll(CUT, ''))
    return isNothingLeft && (isCut || line.length < text.trim().length / 2)
      ? `(${text.length} characters)`
      : shorten(line)
  }

  /** Looks for unbroken secrets only: what users write by mistake is not in pieces. */
  readonly quoteOwn: Quote = (text) => {
    if (this.#isSecret(text)) return WITHHELD
    const parts = this.#partsOfAll()
    const searched = text.slice(0, SEARCHED_LENGTH)
    return [...decodings(searched)].some((decoded) => parts.standIn(decoded))
      ? WITHHELD
      : shorten(toLine(text))
  }

  #isSecret(text: string): boolean {
    const trimmed = text.trim()
    return (
      trimmed !== '' &&
      this.#secrets.some((each) => each.reveal().trim() === trimmed)
    )
  }

  #partsOfAll(): Parts {
    return (this.#parts ??= new Parts(this.#secrets))
  }
}

/** Every part of {@link RECOGNISED_LENGTH} characters; a short secret as a whole. */
class Parts {
  readonly #all = new Set<string>()
  #shortest = RECOGNISED_LENGTH

  constructor(secrets: readonly SecretValue[]) {
    const words = secrets.flatMap((each) => wordsOf(each.reveal()))
    // Also without separators between their letters.
    for (const word of new Set([...words, ...words.map(toLetters)])) {
      if (word.length < SHORTEST_LENGTH) continue
      const length = Math.min(RECOGNISED_LENGTH, word.length)
      this.#shortest = Math.min(this.#shortest, length)
      for (let start = 0; start + length <= word.length; start++) {
        this.#all.add(word.slice(start, start + length))
      }
    }
  }

  standIn(text: string): boolean {
    for (let length = this.#shortest; length <= RECOGNISED_LENGTH; length++) {
      for (let start = 0; start + length <= text.length; start++) {
        if (this.#all.has(text.slice(start, start + length))) return true
      }
    }
    return false
  }
}

function toLetters(text: string): string {
  return text.replaceAll(/<[^<>]{1,20}>|[^A-Za-z0-9]/g, '')
}

/** A secret without the armor of a PEM, the names of a JWK, or GitHub's prefixes. */
function wordsOf(secret: string): string[] {
  const isKey = /^-----BEGIN |^\s*\{/.test(secret)
  return isKey
    ? (secret.replaceAll(/-----[^-]+-----/g, '').match(/[\w+/=-]{16,}/g) ?? [])
    : [secret.replace(/^(?:github_pat|gh[a-z])_/, '')]
}

/** Invisible characters join their neighbours; all other odd ones separate them. */
function toLine(text: string): string {
  return text
    .replaceAll(/[\0\u00ad\u200b-\u200f\u2060\ufeff]|<\/?wbr\/?>/gi, '')
    .replaceAll(/[^\x21-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .trim()
}

function shorten(line: string): string {
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}...` : line
}

const CUT = '[cut]'
/** Nothing issues shorter tokens. */
const OPAQUE_LENGTH = 16

/**
 * Cuts long words that are not made of natural ones, and rows of short ones that are no
 * words: a token in pieces, or the numbers of its bytes.
 */
function cutOpaqueWords(line: string): { line: string; isCut: boolean } {
  const pieces = line.split(/([^\s"'<>()[\]{},;:=&?|]+)/)
  const kinds = pieces.map((piece, index) =>
    index % 2 === 0 ? 'between' : kindOfWord(piece),
  )
  let isCut = false
  for (let index = 1; index < pieces.length; index += 2) {
    const kind = kinds[index]
    if (kind === 'word') continue
    let end = index
    while (kinds[end + 2] === kind) end += 2
    const count = (end - index) / 2 + 1
    if (kind === 'opaque' || count >= (kind === 'odd' ? 3 : 5)) {
      pieces.splice(index, end - index + 1, CUT)
      kinds.splice(index, end - index + 1, 'word')
      isCut = true
    } else index = end
  }
  return { line: pieces.join(''), isCut }
}

function kindOfWord(word: string): 'word' | 'number' | 'odd' | 'opaque' {
  if (/^(?:\d{1,6}|[\da-f]{2}|\W|\w)$/i.test(word)) return 'number'
  if (isReadable(word)) return 'word'
  return word.length < OPAQUE_LENGTH ? 'odd' : 'opaque'
}

/** Parts of error names that are not words. */
const acronyms =
  'OAuth|OIDC|HTTPS?|JWT|JWKS|API|UR[IL]|ID|SSO|PKCE|TLS|SAML|MFA'

const readablePart = new RegExp(
  `^(?:[a-z]{0,17}|[A-Z]{1,17}|(?:[a-z]{2,15}|[A-Z][a-z]{1,14}|${acronyms})(?:\\d?(?:[A-Z][a-z]{2,14}|${acronyms})){0,6})\\d?$`,
)

/**
 * Error codes and paths: `invalid_client`, `AUTHENTICATION_FAILED`,
 * `InvalidAuthenticationToken`, `rest/actions/secrets`. Digits within a part, or a run
 * of letters longer than a word, rule it out.
 */
function isReadable(word: string): boolean {
  return word.split(/[-_./#!]/).every((part) => readablePart.test(part))
}

/**
 * The text, and all that it may encode: percent, form, JSON, HTML, base64 and base64url
 * at any alignment, hex; and the same once more.
 */
function decodings(text: string): Set<string> {
  const found = new Set([text])
  let latest: readonly string[] = [text]
  for (let depth = 0; depth < 2; depth++) {
    latest = [...new Set(latest.flatMap(decode))].filter(
      (each) => !found.has(each),
    )
    for (const each of latest) found.add(each)
  }
  return found
}

function decode(text: string): string[] {
  return [
    text.replaceAll('+', ' '),
    text.replaceAll(/(?:%[\da-f]{2})+/gi, fromPercent),
    text.replaceAll('+', ' ').replaceAll(/(?:%[\da-f]{2})+/gi, fromPercent),
    text.replaceAll(/\\u([\da-f]{4})|\\(.)/gi, fromEscape),
    text.replaceAll(
      /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(\w{2,4}));/gi,
      fromEntity,
    ),
    ...(text.match(/[\w+/-]{6,}/g) ?? []).flatMap(fromBase64),
    ...(text.match(/[\da-f]{8,}/gi) ?? []).flatMap(fromHex),
    ...(text.match(/\d{1,3}(?:[\s,]+\d{1,3}){7,}/g) ?? []).map(fromNumbers),
    ...(text.match(/[\da-f]{2}(?:[\s:,]+[\da-f]{2}){7,}/gi) ?? []).map((row) =>
      Buffer.from(row.replaceAll(/[^\da-f]/gi, ''), 'hex').toString('latin1'),
    ),
  ]
}

function fromPercent(encoded: string): string {
  return Buffer.from(encoded.replaceAll('%', ''), 'hex').toString('utf8')
}

function fromEscape(
  _: string,
  code: string | undefined,
  letter: string,
): string {
  return code === undefined ? letter : String.fromCharCode(parseInt(code, 16))
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

function fromEntity(
  entity: string,
  decimal: string | undefined,
  hex: string | undefined,
  name: string | undefined,
): string {
  if (name !== undefined) return entities[name.toLowerCase()] ?? entity
  const code = decimal === undefined ? parseInt(hex ?? '', 16) : Number(decimal)
  return code <= 0x10ffff ? String.fromCodePoint(code) : entity
}

/** The start of the encoding is unknown. */
function fromBase64(word: string): string[] {
  return [0, 1, 2, 3].map((start) =>
    Buffer.from(word.slice(start), 'base64').toString('latin1'),
  )
}

/** Bytes, as programming languages print them. */
function fromNumbers(row: string): string {
  const bytes = row.split(/[\s,]+/).map(Number)
  return Buffer.from(bytes.filter((byte) => byte < 256)).toString('latin1')
}

function fromHex(word: string): string[] {
  return [0, 1].map((start) =>
    Buffer.from(word.slice(start), 'hex').toString('latin1'),
  )
}

/** The code or class, or the cause's; never the message, which may quote a request. */
export function nameError(thrown: unknown): string {
  if (typeof thrown !== 'object' || thrown === null) return typeof thrown
  const { code, cause, name } = thrown as Partial<Record<string, unknown>>
  if (typeof code === 'string') return code
  if (typeof cause === 'object' && cause !== null) return nameError(cause)
  return typeof name === 'string' ? name : 'unknown error'
}

/** Codes of certificates that this machine was not told to trust. */
const untrusted = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
])

export function isUntrusted(thrown: unknown): boolean {
  return untrusted.has(nameError(thrown))
}

/** Where the connection trusts what the machine trusts. */
export const MACHINE_TRUST_REMEDY =
  'set the environment variable NODE_EXTRA_CA_CERTS to a file with the certificate of the CA that issued it'

/** @param remedy continues "the certificate of HOST is not trusted; " */
export function explainConnection(
  thrown: unknown,
  host: string,
  remedy: string,
): string {
  const name = nameError(thrown)
  return isUntrusted(thrown)
    ? `${name}: the certificate of ${host} is not trusted; ${remedy}`
    : name
}
