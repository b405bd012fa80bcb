/**
 * One text for each value that JSON can hold, so that it can be authenticated: keys
 * sorted, no spaces, ASCII only. What is written as JSON and parsed again has the same
 * text.
 *
 * @throws TypeError for a number with a fraction, or beyond what is exact
 */
export function canonical(value: unknown): string {
  return JSON.stringify(sorted(JSON.parse(JSON.stringify(value)))).replace(
    // Code units that another program may write in another way.
    // eslint-disable-next-line no-control-regex
    /[^\x00-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function sorted(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    throw new TypeError('not a whole number')
  }
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  )
}
