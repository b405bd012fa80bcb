import { parseEndpointUrl } from '../runtime/address.ts'
import * as table from './generated-providers.ts'
import type { Placeholder, Provider } from './provider.ts'

/** All known providers, by id and in its order. */
export const providers: ReadonlyMap<string, Provider> = new Map(
  Object.entries(table),
)

/** A provider, with what the user filled in. */
export interface ResolvedProvider {
  readonly provider: Provider
  readonly tokenEndpoint?: URL
  readonly issuer?: URL
  readonly introspectionEndpoint?: URL
  readonly userinfoEndpoint?: URL
  readonly whoAmI?: URL
}

const urlNames = [
  'tokenEndpoint',
  'issuer',
  'introspectionEndpoint',
  'userinfoEndpoint',
  'whoAmI',
] as const

const hostPattern = /[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?/

export function findProvider(id: string): Provider | undefined {
  return providers.get(id)
}

/** @returns problems as sentences, if any; they contain names only, never a value */
export function resolveProvider(
  provider: Provider,
  parameters: ReadonlyMap<string, string>,
): ResolvedProvider | string[] {
  const placeholders = new Map(Object.entries(provider.placeholders ?? {}))
  const values = new Map<string, string>()
  const problems: string[] = []
  for (const name of parameters.keys()) {
    if (!placeholders.has(name)) {
      problems.push(unknownParameter(provider, [...placeholders.keys()]))
      break
    }
  }
  for (const [name, placeholder] of placeholders) {
    const value = parameters.get(name) ?? placeholder.default
    if (value === undefined) {
      problems.push(
        `${name} is missing: the ${placeholder.description}, such as ${placeholder.example}.`,
      )
    } else if (matches(value, placeholder)) {
      values.set(name, value)
    } else {
      problems.push(
        `${name} does not look like the ${placeholder.description}, such as ${placeholder.example}.`,
      )
    }
  }
  if (problems.length > 0) return problems
  const urls: Partial<Record<(typeof urlNames)[number], URL>> = {}
  for (const name of urlNames) {
    const template = provider[name]
    if (template === undefined) continue
    const url = parseEndpointUrl(fill(template, values))
    if (typeof url === 'string') {
      return [`the address built from them ${url}.`]
    }
    urls[name] = url
  }
  return { provider, ...urls }
}

function matches(
  value: string,
  { pattern = hostPattern }: Placeholder,
): boolean {
  return (
    value.length <= 253 && new RegExp(`^(?:${pattern.source})$`).test(value)
  )
}

function fill(template: string, values: ReadonlyMap<string, string>): string {
  return template.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => values.get(name) ?? '',
  )
}

function unknownParameter(
  { name }: Provider,
  known: readonly string[],
): string {
  return known.length === 0
    ? `${name} takes none.`
    : `${name} takes ${known.join(', ')} and nothing else.`
}

/** The ids most like this one, nearest first; for "did you mean". */
export function closestProviders(id: string): string[] {
  const wanted = id.toLowerCase().slice(0, 100)
  return [...providers]
    .map(([known, { name }]) => ({
      id: known,
      distance: distanceTo(known, name, wanted),
    }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map((near) => near.id)
}

/** A part of the id or name is nearer than any misspelling. */
function distanceTo(id: string, name: string, wanted: string): number {
  const words = [...id.split('-'), ...name.toLowerCase().split(/[^a-z0-9]+/)]
  const nearest = Math.min(
    editDistance(id, wanted),
    ...words
      .filter((word) => word.length > 2)
      .map((word) => editDistance(word, wanted) + 0.5),
  )
  const isPart =
    wanted.length > 2 && (id.includes(wanted) || wanted.includes(id))
  return isPart ? Math.min(nearest, 1) : nearest
}

/** Levenshtein distance. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [line, letter] of Array.from(one).entries()) {
    const next = [line + 1]
    for (const [column, otherLetter] of Array.from(other).entries()) {
      next.push(
        Math.min(
          (row[column] ?? 0) + (letter === otherLetter ? 0 : 1),
          (row[column + 1] ?? 0) + 1,
          (next[column] ?? 0) + 1,
        ),
      )
    }
    row = next
  }
  return row.at(-1) ?? 0
}
