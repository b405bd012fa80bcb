import * as core from '@actions/core'

import {
  parsePlace,
  type CurrentRepository,
  type Place,
} from './github/places.ts'
import { parseEndpointUrl } from './oauth/endpoint-url.ts'
import { quote } from './rotation/foreign-text.ts'
import type { SecretValue } from './rotation/secret-value.ts'

/** Reads single inputs and collects what is wrong with them. */
export class InputReader {
  readonly #secrets: readonly SecretValue[]
  readonly problems: string[]

  constructor(secrets: readonly SecretValue[], problems: string[]) {
    this.#secrets = secrets
    this.problems = problems
  }

  text(name: string): string {
    return core.getInput(name)
  }

  lines(name: string): string[] {
    return core.getMultilineInput(name)
  }

  boolean(name: string): boolean | undefined {
    try {
      return core.getBooleanInput(name)
    } catch {
      this.problems.push(
        `'${name}' must be true or false, not ${this.show(this.text(name))}.`,
      )
      return undefined
    }
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
    return `'${quote(text, this.#secrets)}'`
  }
}
