/** The module that knows all providers, by the names of their files. */
export function buildProviderList(ids: readonly string[]): string {
  return [
    '// Generated from providers/: npm run generate',
    "import type { Provider } from './provider.ts'",
    ...ids.map(
      (id) =>
        `import { provider as ${nameOf(id)} } from './providers/${id}.ts'`,
    ),
    '',
    '/** All known providers, by id and in its order. */',
    'export const providers: ReadonlyMap<string, Provider> = new Map([',
    ...ids.map((id) => `['${id}', ${nameOf(id)}],`),
    '])',
  ].join('\n')
}

/** No word of the language begins like this, whatever the id is. */
function nameOf(id: string): string {
  const words = id.split('-')
  return `the${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')}`
}
