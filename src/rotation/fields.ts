/**
 * The fields of an object that somebody else may have written: each is taken out
 * by name and by what it has to be. Throws a TypeError at what is not right.
 */
export class Fields {
  readonly #all: Readonly<Record<string, unknown>>

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new TypeError('no object')
    }
    this.#all = value as Record<string, unknown>
  }

  value(name: string): unknown {
    return Object.hasOwn(this.#all, name) ? this.#all[name] : undefined
  }

  object(name: string): Fields {
    return new Fields(this.value(name))
  }

  text(name: string, pattern = /^.+$/s): string {
    return toText(this.value(name), pattern, name)
  }

  texts(name: string, pattern: RegExp): string[] {
    const value = this.value(name)
    if (!Array.isArray(value)) throw new TypeError(name)
    return value.map((each: unknown) => toText(each, pattern, name))
  }

  /** A count. */
  number(name: string): number {
    const value = this.value(name)
    if (!Number.isSafeInteger(value) || Number(value) < 0) {
      throw new TypeError(name)
    }
    return Number(value)
  }

  boolean(name: string): boolean {
    const value = this.value(name)
    if (typeof value !== 'boolean') throw new TypeError(name)
    return value
  }

  /** As `toJSON` writes it: a year may have six digits. */
  date(name: string): Date {
    const date = new Date(
      this.text(name, /^(?:\d{4}|[+-]\d{6})-\d\d-\d\dT[\d:.]{8,12}Z$/),
    )
    if (Number.isNaN(date.getTime())) throw new TypeError(name)
    return date
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T {
    const word = words.find((each) => each === this.value(name))
    if (word === undefined) throw new TypeError(name)
    return word
  }

  optionalDate(name: string): Date | undefined {
    return this.value(name) === undefined ? undefined : this.date(name)
  }

  optionalBoolean(name: string): boolean | undefined {
    return this.value(name) === undefined ? undefined : this.boolean(name)
  }

  /** An object of fields of its own, if it is there. */
  optional<T>(name: string, read: (part: Fields) => T): T | undefined {
    return this.value(name) === undefined ? undefined : read(this.object(name))
  }
}

function toText(value: unknown, pattern: RegExp, name: string): string {
  if (typeof value !== 'string' || !pattern.test(value)) {
    throw new TypeError(name)
  }
  return value
}
