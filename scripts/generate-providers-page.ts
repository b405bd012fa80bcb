/**
 * Writes .github/PROVIDERS.md from the table of providers.
 *
 *   node scripts/generate-providers-page.ts
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { format } from 'prettier'

import type { Placeholder, Provider } from '../src/oauth/provider.ts'
import { providers } from '../src/oauth/known-providers.ts'

const DAY_SECONDS = 86_400

const head = `<!-- Generated: node scripts/generate-providers-page.ts -->

# Providers

\`provider\` takes one of these ids. Any other provider works with \`issuer\` or \`token-endpoint\`.

- **Parameters** go into \`provider-parameters\`, one \`name=value\` a line; those in parentheses may be left out. Parameters of the request go into \`token-request-parameters\`.
- **Client authentication**: the first one that fits is used, unless \`client-auth-method\` says otherwise.
- **Class** is what the provider does to the old refresh token (see \`rotation-class\`). What the vendor leaves to its customers, and what nobody says, counts as \`strict\`: say otherwise where you know better.
- **Ends**: when the refresh token dies, as far as that is known, by the vendor's defaults.

Nothing of this is promised by the vendors; most of them change such rules without a word. The id links to the vendor's page about refreshing or, where none could be read, to who says so; where each fact comes from is in [providers-facts.json](../__tests__/oauth/providers-facts.json).
`

/** The page as it has to be. */
export async function buildProvidersPage(): Promise<string> {
  const rows = providers.map((provider) => `| ${rowOf(provider).join(' | ')} |`)
  const page = [
    head,
    '| Provider | | Parameters | Client authentication | Class | Ends |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
  return format(page, { parser: 'markdown', singleQuote: true, semi: false })
}

function rowOf(provider: Provider): string[] {
  return [
    `[\`${provider.id}\`](${provider.documentation})`,
    provider.name,
    parametersOf(provider).join('<br>') || '–',
    methodsOf(provider),
    classOf(provider),
    endOf(provider).join('; ') || '–',
  ]
}

function parametersOf({ placeholders = {}, request }: Provider): string[] {
  return [
    ...Object.entries(placeholders).map(([name, placeholder]) =>
      describe(name, placeholder),
    ),
    ...(request?.requiredParameters ?? []).map(
      (name) => `\`${name}\` (in the request)`,
    ),
  ]
}

function describe(name: string, placeholder: Placeholder): string {
  const text = `\`${name}\`: ${placeholder.description}, such as \`${placeholder.example}\``
  return placeholder.default === undefined
    ? text
    : `(${text}; left out: \`${placeholder.default}\`)`
}

function methodsOf({ clientAuthMethods, request }: Provider): string {
  if (request?.format === 'self-rotation') return 'the token itself'
  return clientAuthMethods.length === 0
    ? 'not known'
    : clientAuthMethods.map((method) => `\`${method}\``).join(', ')
}

function classOf({ rotationClass, graceSeconds }: Provider): string {
  return graceSeconds === undefined
    ? `\`${rotationClass}\``
    : `\`${rotationClass}\`, ${graceSeconds} s`
}

function endOf({
  refreshTokenIdleSeconds: idle,
  refreshTokenAbsoluteSeconds: absolute,
}: Provider): string[] {
  return [
    ...(idle === undefined ? [] : [`${days(idle)} without use`]),
    ...(absolute === undefined ? [] : [`${days(absolute)} in any case`]),
  ]
}

function days(seconds: number): string {
  return `${Math.floor(seconds / DAY_SECONDS)} d`
}

const file = fileURLToPath(import.meta.url)
if (process.argv[1] === file) {
  writeFileSync(
    new URL('../.github/PROVIDERS.md', import.meta.url),
    await buildProvidersPage(),
  )
}
