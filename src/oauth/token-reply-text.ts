export type Fields = Readonly<Record<string, unknown>>

/** The content of a reply's body, in whatever form it came. */
export interface ReplyText {
  readonly text: string
  /** Unset when the body is not a complete object. */
  readonly fields?: Fields
  readonly isForm: boolean
  /** Nothing can have followed what was read. */
  readonly isWhole: boolean
  /** HTML or XML: more than a stray tag before a reply. */
  readonly isPage: boolean
}

/** Reads as much of the body as possible. Never throws. */
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

/** UTF-8, unless only UTF-16 makes sense: a zero byte may be a stray one. */
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

/** Recognised by its byte order mark, or by the zero beside its first character. */
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
 * For servers that were not asked for JSON, or ignore that. Nothing marks the end of
 * the last value, so that one is dropped from a truncated body.
 */
function parseForm(text: string, isComplete: boolean): Fields | undefined {
  // ASCII without the characters of HTML or JSON: a form is never anything else.
  if (!/^[\w.~%+-]+=[!#-;=?-z|~]*$/.test(text.trim())) return undefined
  const whole = isComplete ? text.trim() : text.slice(0, text.lastIndexOf('&'))
  const fields = Object.fromEntries(new URLSearchParams(whole))
  const isReply = ['access_token', 'refresh_token', 'error'].some((name) =>
    Object.hasOwn(fields, name),
  )
  return isReply ? fields : undefined
}

/** @returns the string, if the text is one of JSON and not empty */
export function parseString(literal: string): string | undefined {
  try {
    const value: unknown = JSON.parse(literal)
    return nonEmptyString(value)
  } catch {
    return undefined
  }
}

/** The value at a path such as `body.refresh_token`. */
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
