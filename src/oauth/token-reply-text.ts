export type Fields = Readonly<Record<string, unknown>>

/** What the body of a reply holds, in whatever form it came. */
export interface ReplyText {
  readonly text: string
  /** Unset when the body is not an object, or not the whole of one. */
  readonly fields?: Fields
  readonly isForm: boolean
  /** Nothing may have stood behind what was read. */
  readonly isWhole: boolean
  /** HTML or XML: more of it than a tag that got before a reply. */
  readonly isPage: boolean
}

/** Reads the body as far as it can be read. Never throws. */
export function readText(body: Uint8Array, isComplete: boolean): ReplyText {
  const { text, isWide } = decode(body)
  const fields = parseObject(text)
  if (fields !== undefined) {
    return { text, fields, isForm: false, isWhole: true, isPage: false }
  }
  const inner = parseString(text)
  if (inner !== undefined) return readText(Buffer.from(inner), isComplete)
  const form = isWide ? undefined : parseForm(text, isComplete)
  const isForm = form !== undefined
  return {
    text,
    ...(form && { fields: form }),
    isForm,
    isWhole: isForm && isComplete,
    isPage: /^\s*<(?:[!?]|.*<\/)/s.test(text),
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

export function speaksOfTokens(text: string): boolean {
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

export function parseObject(text: string): Fields | undefined {
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

/** @returns the string, if the text is one of JSON with something in it */
export function parseString(literal: string): string | undefined {
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
