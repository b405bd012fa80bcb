import * as core from '@actions/core'

import {
  parsePlace,
  type CurrentRepository,
  type Place,
} from '../github/places.ts'
import { parseEndpointUrl } from '../runtime/address.ts'
import type { HeldSecrets } from '../rotation/outcome/foreign-text.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'

const secondsPerUnit = { s: 1, m: 60, h: 3600, d: 86_400 }

/** Reads single inputs and collects what is wrong with them. */
export class InputReader {
  readonly problems: string[] = []
  /** What was put right and should be known. */
  readonly notices: string[] = []
  readonly #held: HeldSecrets

  /** @param secretNames inputs that are masked before anything else happens */
  constructor(secretNames: readonly string[], held: HeldSecrets) {
    this.#held = held
    for (const name of secretNames) {
      const value = core.getInput(name)
      if (value === '') continue
      core.setSecret(value)
      held.add(new SecretValue(value))
    }
  }

  text(name: string): string {
    return core.getInput(name)
  }

  untrimmed(name: string): string {
    return core.getInput(name, { trimWhitespace: false })
  }

  lines(name: string): string[] {
    return core.getMultilineInput(name)
  }

  boolean(name: string): boolean {
    try {
      return core.getBooleanInput(name)
    } catch {
      this.problems.push(
        `'${name}' must be true or false, not ${this.show(this.text(name))}.`,
      )
      return false
    }
  }

  oneOf<T extends string>(name: string, words: readonly T[]): T | undefined {
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
  seconds(name: string): number {
    const text = this.text(name)
    const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? []
    if (count === undefined) {
      this.problems.push(
        `'${name}' must be a whole number with s, m, h or d behind it, such as 15m, not ${this.show(text)}.`,
      )
    }
    return Number(count) * secondsPerUnit[unit as keyof typeof secondsPerUnit]
  }

  url(name: string): URL | undefined {
    const text = this.text(name)
    if (text === '') return undefined
    const url = parseEndpointUrl(text)
    if (typeof url !== 'string') return url
    this.problems.push(`'${name}' ${url}: ${this.show(text)}.`)
    return undefined
  }

  place(
    name: string,
    text: string,
    current: CurrentRepository,
  ): Place | undefined {
    const place = parsePlace(text, current)
    if (typeof place !== 'string') return place
    this.problems.push(`'${name}': ${this.show(text)} ${place}.`)
    return undefined
  }

  /** A secret that ended up in the wrong input must not be repeated. */
  show(text: string): string {
    return `'${this.#held.quoteOwn(text)}'`
  }
}
