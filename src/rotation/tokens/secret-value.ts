/**
 * A secret that cannot be printed by accident: text conversion, JSON and `util.inspect`
 * all give `[secret]`. Only {@link SecretValue.reveal} returns the string, and only
 * where a secret has to be used: a sealed box, a request to the authorization server, a
 * mask and the masked step output.
 */
export class SecretValue {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  equals(other: SecretValue): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return '[secret]'
  }

  toJSON(): string {
    return '[secret]'
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}
