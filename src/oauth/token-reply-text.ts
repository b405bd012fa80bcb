import { SecretValue } from '../rotation/secret-value.ts'
import type { ReplyShape } from './preset.ts'

export type Fields = Readonly<Record<string, unknown>>

/** What the body of a reply holds, in whatever form it came. */
export interface ReplyText {
  readonly text: string
  /** Unset when the body is not an object, or not the whole of one. */
  readonly fields?: Fields
  readonly isForm: boolean
  /** Nothing may have stood behind what was read. */
  readonly isWhole: boolean
}

/** The tokens of a reply. */
export interface Found {
  readonly refreshToken?: SecretValue
  readonly accessToken?: SecretValue
  /** The object that they stand in, if there is one: its times are theirs. */
  readonly holder?: Fields
  /** They stand where neither the standard nor the provider's shape has them. */
  readonly isMisplaced: boolean
}

const REFRESH = 'refreshtoken'
const ACCESS = 'accesstoken'

/** Reads the body as far as it can be read. Never throws. */
export function readText(body: Uint8Array, isComplete: boolean): ReplyText {
  const { text, isWide } = decode(body)
  const fields = parseObject(text)
  if (fields !== undefined) {
    return { text, fields, isForm: false, isWhole: true }
  }
  const form = isWide ? undefined : parseForm(text, isComplete)
  const isForm = form !== undefined
  return {
    text,
    ...(form && { fields: form }),
    isForm,
    isWhole: isForm && isComplete,
  }
}

/** UTF-8, unless it makes sense as UTF-16 only: a zero byte may be a stray one. */
function decode(body: Uint8Array): { text: string; isWide: boolean } {
  const text = new TextDecoder().decode(body)
  const wide = decodeWide(Buffer.from(body))
  const isWide =
    wide !== undefined && !speaksOfTokens(text) && speaksOfTokens(wide)
  return { text: isWide ? wide : text, isWide }
}

function speaksOfTokens(text: string): boolean {
  return /token|error/i.test(text)
}

/** Told by its byte order mark, or by the zero beside its first character. */
function decodeWide(bytes: Buffer): string | undefined {
  const [first = 0, second = 0] = bytes
  const isLittle = (first === 0xff && second === 0xfe) || second === 0
  const isBig = (first === 0xfe && second === 0xff) || first === 0
  if (!isLittle && !isBig) return undefined
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
  return (isBig ? even.swap16() : even)
    .toString('utf16le')
    .replace(/^\ufeff/, '')
}

function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isFields(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * What servers send that were not asked for JSON, or do not listen. Nothing says
 * where its last value ends, so that one is dropped from a body that was cut.
 */
function parseForm(text: string, isComplete: boolean): Fields | undefined {
  // ASCII without what makes HTML or JSON: a form is never anything else.
  if (!/^[\w.~%+-]+=[!#-;=?-z|~]*$/.test(text.trim())) return undefined
  const whole = isComplete ? text.trim() : text.slice(0, text.lastIndexOf('&'))
  const fields = Object.fromEntries(new URLSearchParams(whole))
  const isReply = ['access_token', 'refresh_token', 'error'].some((name) =>
    Object.hasOwn(fields, name),
  )
  return isReply ? fields : undefined
}

/**
 * Finds the tokens: where the provider puts them, where the standard puts them,
 * then anywhere, under any spelling of the two names. A refresh token that is
 * overlooked is lost, because the old one is dead by then.
 */
export function findTokens(
  { text, fields }: ReplyText,
  shape: ReplyShape,
  isEcho: (token: string) => boolean,
): Found {
  const declared = declaredTokens(fields, shape)
  const elsewhere = fields ? searchTokens(fields, isEcho) : undefined
  const refresh =
    declared.refresh ??
    elsewhere?.refresh ??
    salvage(text, 'refresh_token', isEcho)
  const access =
    declared.access ??
    elsewhere?.access ??
    (fields ? undefined : salvage(text, 'access_token', () => false))
  const holder =
    declared.refresh === undefined && declared.access === undefined
      ? elsewhere?.holder
      : declared.holder
  return {
    ...(refresh !== undefined && { refreshToken: new SecretValue(refresh) }),
    ...(access !== undefined && { accessToken: new SecretValue(access) }),
    ...(holder && { holder }),
    isMisplaced:
      refresh !== declared.refresh ||
      (access !== declared.access && access !== undefined),
  }
}

interface Tokens {
  readonly refresh?: string | undefined
  readonly access?: string | undefined
  readonly holder?: Fields | undefined
}

function declaredTokens(fields: Fields | undefined, shape: ReplyShape): Tokens {
  const refreshPath = shape.refreshToken ?? 'refresh_token'
  const accessPath = shape.accessToken ?? 'access_token'
  const [, parent] = /^(.+)\.[^.]+$/.exec(accessPath) ?? []
  const holder = parent === undefined ? fields : at(fields, parent)
  return {
    refresh: nonEmptyString(at(fields, refreshPath)),
    access: nonEmptyString(at(fields, accessPath)),
    holder: isFields(holder) ? holder : fields,
  }
}

/**
 * Breadth first, so that what stands further out wins; but a token that only
 * repeats the request comes last.
 */
function searchTokens(
  fields: Fields,
  isEcho: (token: string) => boolean,
): Tokens {
  let pair: Tokens = {}
  let echo: Tokens = {}
  let access: Tokens = {}
  const queue: unknown[] = [fields]
  for (const value of queue) {
    if (typeof value !== 'object' || value === null) continue
    for (const child of Object.values(value)) queue.push(child)
    if (!isFields(value)) continue
    const here = { ...tokensIn(value), holder: value }
    if (here.refresh === undefined) {
      if (here.access !== undefined) access = first(access, here)
    } else if (isEcho(here.refresh)) {
      echo = first(echo, here)
    } else {
      pair = here
      break
    }
  }
  const refreshed = first(pair, echo)
  return {
    refresh: refreshed.refresh,
    access: refreshed.access ?? access.access,
    holder: refreshed.holder ?? access.holder,
  }
}

function first(one: Tokens, other: Tokens): Tokens {
  return one.holder === undefined ? other : one
}

function tokensIn(fields: Fields): Tokens {
  const tokens: { refresh?: string; access?: string } = {}
  for (const [name, value] of Object.entries(fields)) {
    const token = nonEmptyString(value)
    if (token === undefined || name.length > 40) continue
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '')
    if (plain === REFRESH) tokens.refresh ??= token
    if (plain === ACCESS) tokens.access ??= token
  }
  return tokens
}

/**
 * Finds a complete string in text that is no JSON object, or no longer: a reply
 * that was cut short, or has something around it. A string without its closing
 * quote is not complete. Takes the first that the request did not hold.
 */
export function salvage(
  text: string,
  name: string,
  isEcho: (value: string) => boolean,
): string | undefined {
  let echo: string | undefined
  const key = new RegExp(`"${name}"\\s*:\\s*(?=")`, 'g')
  while (key.exec(text) !== null) {
    const end = endOfString(text, key.lastIndex)
    if (end === undefined) break
    const value = parseString(text.slice(key.lastIndex, end))
    if (value === undefined || value === '') continue
    if (!isEcho(value)) return value
    echo ??= value
  }
  return echo
}

/** Where the JSON string that starts here is over, if it is. */
function endOfString(text: string, start: number): number | undefined {
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index]
    if (character === '"') return index + 1
    if (character === '\\') index += 1
  }
  return undefined
}

function parseString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal)
    return nonEmptyString(value)
  } catch {
    return undefined
  }
}

/** What stands at a path such as `body.refresh_token`. */
export function at(fields: Fields | undefined, path: string): unknown {
  let value: unknown = fields
  for (const name of path.split('.')) {
    if (!isFields(value) || !Object.hasOwn(value, name)) return undefined
    value = value[name]
  }
  return value
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
