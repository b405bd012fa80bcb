/** @throws TypeError when an untrusted value is not of the expected form */
export type Read<T> = (value: unknown) => T

interface ReadOptional<T> {
  readonly optional: Read<T>
}

/** How each field of `T` is read. Omitting or misreading one is a type error. */
export type Description<T> = {
  readonly [K in keyof T]-?: undefined extends T[K]
    ? ReadOptional<Exclude<T[K], undefined>>
    : Read<T[K]>
}

/** An object with these fields; any others are dropped. */
export function object<T extends object>(description: Description<T>): Read<T> {
  const fields = Object.entries<Read<unknown> | ReadOptional<unknown>>(
    description,
  )
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError('no object')
    }
    const given = value as Readonly<Record<string, unknown>>
    const taken: Record<string, unknown> = {}
    for (const [name, read] of fields) {
      const field = Object.hasOwn(given, name) ? given[name] : undefined
      if (typeof read === 'function') taken[name] = read(field)
      else if (field !== undefined) taken[name] = read.optional(field)
    }
    return taken as T
  }
}

export function optional<T>(read: Read<T>): ReadOptional<T> {
  return { optional: read }
}

export function list<T>(read: Read<T>, maxLength = Infinity): Read<T[]> {
  return (value) => {
    if (!Array.isArray(value) || value.length > maxLength) {
      throw new TypeError('no list, or a longer one')
    }
    return value.map((each: unknown) => read(each))
  }
}

/** @param pattern of the whole text */
export function text(pattern: RegExp, maxLength = Infinity): Read<string> {
  return (value) => {
    if (
      typeof value !== 'string' ||
      value.length > maxLength ||
      !pattern.test(value)
    ) {
      throw new TypeError('not the text that was expected')
    }
    return value
  }
}

export function oneOf<T extends string>(words: readonly T[]): Read<T> {
  return (value) => {
    const word = words.find((each) => each === value)
    if (word === undefined) throw new TypeError('no such word')
    return word
  }
}

/** A whole number, at least 0. */
export const count: Read<number> = (value) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw new TypeError('no count')
  }
  return value
}

export const boolean: Read<boolean> = (value) => {
  if (typeof value !== 'boolean') throw new TypeError('neither true nor false')
  return value
}

const isoTime = text(/^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT[\d:.]{8,12}Z$/)

/** As `toJSON` writes it: a year may have six digits. */
export const date: Read<Date> = (value) => {
  const time = new Date(isoTime(value))
  if (Number.isNaN(time.getTime())) throw new TypeError('no time')
  return time
}
