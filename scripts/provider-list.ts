/** The module that exports all providers, by the names of their files. */
export function buildProviderList(ids: readonly string[]): string {
  return [
    '// Generated from providers/: npm run generate',
    ...ids.map(
      (id) => `export { provider as '${id}' } from './providers/${id}.ts'`,
    ),
  ].join('\n')
}
