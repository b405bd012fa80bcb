/** A version as it is stored, whatever is in it. */
export type Content = Readonly<Record<string, unknown>>
export type Path = readonly string[]

/** A message that holds this, as the program would write it. */
export function toMessage(content: unknown): string {
  return `Idle\n\n${JSON.stringify(content)}\n`
}

/** What a message of a record holds; undefined when it is not a version. */
export function contentOf(message: string): Content | undefined {
  try {
    const text = message.slice(message.indexOf('\n\n'))
    const content = JSON.parse(text) as unknown
    return isObject(content) ? content : undefined
  } catch {
    return undefined
  }
}

/** Whether it is more than a sealed copy alone. */
export function isState(content: Content): boolean {
  return 'phase' in content
}

/** Every field, and every field of these. */
export function pathsOf(content: Content, above: Path = []): Path[] {
  return Object.entries(content).flatMap(([name, value]) => {
    const path = [...above, name]
    return isObject(value) ? [path, ...pathsOf(value, path)] : [path]
  })
}

export function valueAt(content: Content, path: Path): unknown {
  let value: unknown = content
  for (const name of path) {
    if (!isObject(value)) return undefined
    value = value[name]
  }
  return value
}

/** A copy with another value there; undefined takes the field out. */
export function withValue(
  content: Content,
  [name = '', ...rest]: Path,
  value: unknown,
): Content {
  const { [name]: old, ...others } = content
  const next =
    rest.length === 0 ? value : withValue(isObject(old) ? old : {}, rest, value)
  return next === undefined ? others : { ...others, [name]: next }
}

/** A little less than a megabyte: what is longer is not read at all. */
const MEGABYTE = 'A'.repeat(1_000_000)

/** What is written in the place of a value. */
export const damages: Readonly<Record<string, (old: unknown) => unknown>> = {
  absent: () => undefined,
  'far in the past': () => '0001-01-01T00:00:00.000Z',
  'far in the future': () => '2999-12-31T23:59:59.000Z',
  'of another type': (old) => (typeof old === 'string' ? 7 : 'seven'),
  'a list': (old) => [old],
  'of another value': otherThan,
  'a megabyte': () => MEGABYTE,
  'control characters': () => '\u0000\u001b[31m\r\n::error::x%0A\u202e',
  markup: () => '<img src="https://evil.example">[x](https://evil.example)',
  'a path': () => '../../../orgs/evil?x=y#z',
}

/** Of the same kind, and well-formed. */
function otherThan(old: unknown): unknown {
  switch (typeof old) {
    case 'number':
      return old + 1
    case 'boolean':
      return !old
    case 'string':
      return otherText(old)
    default:
      return Array.isArray(old) ? [...(old as unknown[]), 'f'.repeat(32)] : {}
  }
}

const phases = ['idle', 'claimed', 'examining', 'blocked']

function otherText(old: string): string {
  if (phases.includes(old)) {
    return phases[(phases.indexOf(old) + 1) % phases.length] ?? ''
  }
  const time = /^\d{4}-/.test(old) ? Date.parse(old) : NaN
  return Number.isNaN(time)
    ? old.replace(/./, (first) => (first === '0' ? '1' : '0'))
    : new Date(time + 600_000).toISOString()
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
