import * as core from '@actions/core'

import {
  parsePlace,
  type CurrentRepository,
  type Place,
} from '../github/places.ts'
import { parseEndpointUrl } from '../runtime/address.ts'
import type { HeldSecrets } from '../rotation/outcome/foreign-text.ts'
import { masksFor, tooShortToMask } from '../rotation/outcome/masks.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'

/**
 * Masked before anything else happens, unless too short for that, and withheld from all
 * that is shown.
 */
export const secretInputs = [
  'refresh-token',
  'access-token',
  'client-secret',
  'client-private-key',
  'client-private-key-passphrase',
  'dpop-private-key',
  'github-token',
  'app-private-key',
  'record-token',
] as const

export const plainInputs = [
  'refresh-token-secret',
  'access-token-secrets',
  'minimum-validity',
  'force',
  'app-client-id',
  'record',
  'escrow',
  'rotation-class',
  'grace-seconds',
  'provider',
  'provider-parameters',
  'token-endpoint',
  'issuer',
  'introspection-endpoint',
  'userinfo-endpoint',
  'verify',
  'fallback',
  'on-skip',
  'job-status',
  'client-id',
  'client-auth-method',
  'client-key-id',
  'client-assertion-audience',
  'client-certificate',
  'ca-certificates',
  'minimum-tls-version',
  'scope',
  'audience',
  'resource',
  'token-request-parameters',
  'github-api-url',
  'dry-run',
] as const

export type SecretInput = (typeof secretInputs)[number]
export type PlainInput = (typeof plainInputs)[number]

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Reads single inputs and collects what is wrong with them. */
export class InputReader {
  readonly problems: string[] = []
  readonly notices: string[] = []
  readonly warnings: string[] = []
  readonly #held: HeldSecrets

  /** @param held learns the secrets */
  constructor(held: HeldSecrets) {
    this.#held = held
    for (const name of secretInputs) {
      const value = core.getInput(name)
      if (value === '') continue
      const masks = masksFor(value)
      for (const mask of masks) core.setSecret(mask)
      if (masks.length === 0) this.warnings.push(tooShortToMask(`'${name}'`))
      held.add(new SecretValue(value))
    }
  }

  text(name: PlainInput): string {
    return core.getInput(name)
  }

  secret(name: SecretInput): string {
    return core.getInput(name)
  }

  untrimmedSecret(name: SecretInput): string {
    return core.getInput(name, { trimWhitespace: false })
  }

  lines(name: PlainInput): string[] {
    return core.getMultilineInput(name)
  }

  boolean(name: PlainInput): boolean {
    try {
      return core.getBooleanInput(name)
    } catch {
      this.problems.push(
        `'${name}' must be true or false, not ${this.show(this.text(name))}.`,
      )
      return false
    }
  }

  oneOf<T extends string>(
    name: PlainInput,
    words: readonly T[],
  ): T | undefined {
    const text = this.text(name)
    const word = words.find((each) => each === text)
    if (word === undefined) {
      this.problems.push(
        `'${name}' must be one of ${words.join(', ')}, not ${this.show(text)}.`,
      )
    }
    return word
  }

  /** A duration such as `90s`, `15m`, `2h` or `1d`. */
  seconds(name: PlainInput): number {
    const text = this.text(name)
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
    if (count === undefined) {
      this.problems.push(
        `'${name}' must be a whole number followed by s, m, h or d, such as 15m, not ${this.show(text)}.`,
      )
    }
    return Number(count) * secondsPerUnit[unit as keyof typeof secondsPerUnit]
  }

  url(name: PlainInput): URL | undefined {
    const text = this.text(name)
    if (text === '') return undefined
    const url = parseEndpointUrl(text)
    if (typeof url !== 'string') return url
    this.problems.push(`'${name}' ${url}: ${this.show(text)}.`)
    return undefined
  }

  place(
    name: PlainInput,
    text: string,
    current: CurrentRepository,
  ): Place | undefined {
    const place = parsePlace(text, current)
    if (typeof place !== 'string') return place
    this.problems.push(`'${name}': ${this.show(text)} ${place}.`)
    return undefined
  }

  /** A secret in the wrong input must not be shown. */
  show(text: string): string {
    return `'${this.#held.quoteOwn(text)}'`
  }
}
