import type { SecretValue } from './secret-value.ts'

/** Makes text that a server sent fit to be shown. */
export type Quote = (text: string) => string

/** Parts of a secret this long are recognised; shorter ones prove nothing. */
const RECOGNISED_LENGTH = 8
/** What is shorter stands in every text. */
const SHORTEST_LENGTH = 4
const SHOWN_LENGTH = 200
/** Nobody reads further, and to decode a megabyte takes its time. */
const SEARCHED_LENGTH = 4000
const WITHHELD = '(withheld: it quotes a secret)'

/**
 * All secrets that this process holds, and what may be shown in spite of them.
 * Servers like to quote what they were sent, and what they were going to answer.
 */
export class HeldSecrets {
  readonly #secrets: SecretValue[] = []
  /** Made when there is something to show: most runs have nothing. */
  #parts: Parts | undefined

  add(secret: SecretValue): void {
    this.#secrets.push(secret)
    this.#parts = undefined
  }

  /**
   * Shows text of others: one line, so that it cannot start a workflow command;
   * printable ASCII; at most 200 characters; nothing at all when it holds a part of
   * a secret in any encoding; and without words that could be a token which nobody
   * has seen yet.
   */
  readonly quote: Quote = (text) => {
    const searched = text.slice(0, SEARCHED_LENGTH)
    if (this.#isHeldIn(searched)) return WITHHELD
    const { line, isCut } = cutOpaqueWords(toLine(searched))
    return isCut && !/[a-z]{2}/i.test(line.replaceAll(CUT, ''))
      ? `(${text.length} characters)`
      : shorten(line)
  }

  /** Shows what the user wrote, unless a secret got there by mistake. */
  readonly quoteOwn: Quote = (text) =>
    this.#isHeldIn(text.slice(0, SEARCHED_LENGTH))
      ? WITHHELD
      : shorten(toLine(text))

  #isHeldIn(text: string): boolean {
    const parts = (this.#parts ??= new Parts(this.#secrets))
    return [...decodings(text)].some((decoded) => parts.areIn(decoded))
  }
}

/** Every part of {@link RECOGNISED_LENGTH} characters; a short secret as a whole. */
class Parts {
  readonly #all = new Set<string>()
  #shortest = RECOGNISED_LENGTH

  constructor(secrets: readonly SecretValue[]) {
    for (const word of secrets.flatMap((each) => wordsOf(each.reveal()))) {
      if (word.length < SHORTEST_LENGTH) continue
      const length = Math.min(RECOGNISED_LENGTH, word.length)
      this.#shortest = Math.min(this.#shortest, length)
      for (let start = 0; start + length <= word.length; start++) {
        this.#all.add(word.slice(start, start + length))
      }
    }
  }

  areIn(text: string): boolean {
    for (let length = this.#shortest; length <= RECOGNISED_LENGTH; length++) {
      for (let start = 0; start + length <= text.length; start++) {
        if (this.#all.has(text.slice(start, start + length))) return true
      }
    }
    return false
  }
}

/** What of a secret is secret: not the armor of a PEM, nor the names of a JWK. */
function wordsOf(secret: string): string[] {
  const isKey = /^-----BEGIN |^\s*\{/.test(secret)
  return isKey
    ? (secret.replaceAll(/-----[^-]+-----/g, '').match(/[\w+/=-]{16,}/g) ?? [])
    : [secret]
}

function toLine(text: string): string {
  return text
    .replaceAll(/[^\x21-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .trim()
}

function shorten(line: string): string {
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}...` : line
}

const CUT = '[cut]'
/** Tokens of fewer characters are not issued by anybody. */
const opaqueLength = 16

/** Leaves out long words that are not made of words that people use. */
function cutOpaqueWords(line: string): { line: string; isCut: boolean } {
  let isCut = false
  const words = new RegExp(`[^\\s"'<>()[\\]{},;:=&?|]{${opaqueLength},}`, 'g')
  const left = line.replaceAll(words, (word) => {
    if (isReadable(word)) return word
    isCut = true
    return CUT
  })
  return { line: left, isCut }
}

/**
 * Error codes and paths: `invalid_client`, `AUTHENTICATION_FAILED`,
 * `InvalidAuthenticationToken`, `rest/actions/secrets`. A digit, or a run of letters
 * longer than a word, makes it something else.
 */
function isReadable(word: string): boolean {
  return word
    .split(/[-_./]/)
    .every((part) =>
      /^(?:[a-z]{0,15}|[A-Z]{1,15}|[A-Z]?[a-z]{2,14}(?:[A-Z][a-z]{2,14}){0,5})$/.test(
        part,
      ),
    )
}

/**
 * The text as it is, and all that it may be the encoding of: per cent, form, JSON,
 * HTML, base64 and base64url at any alignment, hex; and the same once more.
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

/** Where the encoding began nobody knows. */
function fromBase64(word: string): string[] {
  return [0, 1, 2, 3].map((start) =>
    Buffer.from(word.slice(start), 'base64').toString('latin1'),
  )
}

function fromHex(word: string): string[] {
  return [0, 1].map((start) =>
    Buffer.from(word.slice(start), 'hex').toString('latin1'),
  )
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

/** Whether nobody told this machine to trust the certificate of the other side. */
export function isUntrusted(thrown: unknown): boolean {
  return untrusted.has(nameError(thrown))
}

/**
 * The same for a connection, with what helps where that is known.
 *
 * @param remedy continues "the certificate of HOST is not trusted; "
 */
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
