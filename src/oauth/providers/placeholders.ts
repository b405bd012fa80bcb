import type { Placeholder } from '../provider.ts'

export const DAY_SECONDS = 86_400

/** Something between two slashes; `.` and `..` would lead somewhere else. */
export function pathSegment(description: string, example: string): Placeholder {
  return { description, example, pattern: /[A-Za-z0-9_~-][A-Za-z0-9._~-]*/ }
}

/** One of a few fixed texts. */
export function oneOf(
  description: string,
  choices: readonly [string, string, ...string[]],
): Placeholder {
  const [byDefault, example] = choices
  const pattern = choices.map((choice) => choice.replaceAll('.', '\\.'))
  return {
    description,
    example,
    default: byDefault,
    pattern: new RegExp(pattern.join('|')),
  }
}
