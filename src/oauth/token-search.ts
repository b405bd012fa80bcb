import { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { ReplyShape } from './provider.ts'
import {
  at,
  isFields,
  nonEmptyString,
  parseObject,
  parseString,
  speaksOfTokens,
  type Fields,
  type ReplyText,
} from './token-reply-text.ts'

export interface Found {
  readonly refreshToken?: SecretValue
  readonly accessToken?: SecretValue
  /** The object that contains them, if there is one: its times are theirs. */
  readonly holder?: Fields
  /** Neither the standard nor the provider's shape puts them there. */
  readonly isMisplaced: boolean
  /** They were extracted from text, so they may be an example. */
  readonly isQuoted: boolean
  /** White space around one of them was removed. */
  readonly isTrimmed: boolean
}

const REFRESH = 'refreshtoken'
const ACCESS = 'accesstoken'

/**
 * Finds the tokens: where the provider puts them, where the standard puts them, then
 * anywhere, under any spelling of the two names. An overlooked refresh token is lost,
 * because the old one is spent.
 *
 * White space around a token is removed, and nothing else is changed. The next run
 * removes it anyway, because people store secrets with some around them by mistake; and
 * what it presents has to be the token that the record names. What that gives up is a
 * server that insists on white space around its tokens.
 */
export function findTokens(
  { text, fields }: ReplyText,
  shape: ReplyShape,
  isEcho: (token: string) => boolean,
): Found {
  const declared = declaredTokens(fields, shape)
  const elsewhere = fields ? searchTokens(fields, isEcho, false) : undefined
  const plain: TokenPair = {
    refresh:
      declared.refresh ??
      elsewhere?.refresh ??
      salvage(text, 'refresh_token', isEcho),
    access:
      declared.access ??
      elsewhere?.access ??
      (fields ? undefined : salvage(text, 'access_token', () => false)),
    holder:
      declared.refresh === undefined && declared.access === undefined
        ? elsewhere?.holder
        : declared.holder,
  }
  // A gateway may have wrapped the whole reply in a text. In a reply with a token of
  // its own, such a text is something else.
  const isPlain = hasNew(plain, isEcho)
  const { refresh, access, holder } = isPlain
    ? plain
    : findEmbedded(text, fields, isEcho, plain)
  const [refreshToken, accessToken] = [refresh?.trim(), access?.trim()]
  return {
    ...(refreshToken !== undefined && {
      refreshToken: new SecretValue(refreshToken),
    }),
    ...(accessToken !== undefined && {
      accessToken: new SecretValue(accessToken),
    }),
    ...(holder && { holder }),
    isMisplaced:
      refresh !== declared.refresh ||
      (access !== declared.access && access !== undefined),
    // A text that begins as an object was only cut short.
    isQuoted: !isPlain || !/^\W*\{/.test(text),
    isTrimmed: refreshToken !== refresh || accessToken !== access,
  }
}

function hasNew(
  { refresh, access }: TokenPair,
  isEcho: (token: string) => boolean,
): boolean {
  return access !== undefined || (refresh !== undefined && !isEcho(refresh))
}

/** @param otherwise the result when nothing is found */
function findEmbedded(
  text: string,
  fields: Fields | undefined,
  isEcho: (token: string) => boolean,
  otherwise: TokenPair,
): TokenPair {
  const searched = fields ? searchTokens(fields, isEcho, true) : {}
  if (hasNew(searched, isEcho)) return searched
  const once = unescape(text)
  for (const candidate of [once, unescape(once)]) {
    const refresh = salvage(candidate, 'refresh_token', isEcho)
    const access = salvage(candidate, 'access_token', () => false)
    const salvaged = { refresh, access }
    if (hasNew(salvaged, isEcho)) return salvaged
  }
  return otherwise
}

function unescape(text: string): string {
  return text.replaceAll(/\\(["\\/])/g, '$1')
}

interface TokenPair {
  readonly refresh?: string | undefined
  readonly access?: string | undefined
  readonly holder?: Fields | undefined
}

function declaredTokens(
  fields: Fields | undefined,
  shape: ReplyShape,
): TokenPair {
  const refreshPath = shape.refreshToken ?? 'refresh_token'
  const accessPath = shape.accessToken ?? 'access_token'
  const [, parent] = /^(.+)\.[^.]+$/.exec(accessPath) ?? []
  const holder = parent === undefined ? fields : at(fields, parent)
  return {
    refresh: nonBlankString(at(fields, refreshPath)),
    access: nonBlankString(at(fields, accessPath)),
    holder: isFields(holder) ? holder : fields,
  }
}

/** Outer tokens win, echoes are last. `readsTexts`: searches JSON in strings, too. */
function searchTokens(
  fields: Fields,
  isEcho: (token: string) => boolean,
  readsTexts: boolean,
): TokenPair {
  let pair: TokenPair = {}
  let echo: TokenPair = {}
  let access: TokenPair = {}
  const queue: unknown[] = [fields]
  for (const value of queue) {
    if (readsTexts && typeof value === 'string') {
      const embedded = parseEmbedded(value)
      if (embedded) queue.push(embedded)
    }
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

/** A reply that a gateway has wrapped in a text of its own. */
function parseEmbedded(text: string): Fields | undefined {
  const isEncoded = /^[\w+/-]{40,}={0,2}$/.test(text)
  const plain = isEncoded ? Buffer.from(text, 'base64').toString('utf8') : text
  const start = plain.indexOf('{')
  return start < 0 || !speaksOfTokens(plain)
    ? undefined
    : parseObject(plain.slice(start, plain.lastIndexOf('}') + 1))
}

function first(one: TokenPair, other: TokenPair): TokenPair {
  return one.holder === undefined ? other : one
}

function tokensIn(fields: Fields): TokenPair {
  const tokens: { refresh?: string; access?: string } = {}
  for (const [name, value] of Object.entries(fields)) {
    const token = nonBlankString(value)
    if (token === undefined || name.length > 40) continue
    const plain = name.toLowerCase().replaceAll(/[^a-z]/g, '')
    if (plain === REFRESH) tokens.refresh ??= token
    if (plain === ACCESS) tokens.access ??= token
  }
  return tokens
}

/** White space alone is no token. */
function nonBlankString(value: unknown): string | undefined {
  const text = nonEmptyString(value)
  return text?.trim() === '' ? undefined : text
}

/**
 * Finds a complete string in text that is not, or no longer, a JSON object: a reply
 * that is cut short or wrapped. Without its closing quote a string is incomplete.
 * Prefers the first that the request did not hold.
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
    const value = nonBlankString(parseString(text.slice(key.lastIndex, end)))
    if (value === undefined) continue
    if (!isEcho(value)) return value
    echo ??= value
  }
  return echo
}

/** Where the JSON string that starts here ends, if it does. */
function endOfString(text: string, start: number): number | undefined {
  for (let index = start + 1; index < text.length; index++) {
    const character = text[index]
    if (character === '"') return index + 1
    if (character === '\\') index += 1
  }
  return undefined
}
