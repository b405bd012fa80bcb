import {
  DAY_SECONDS,
  type Placeholder,
  type Provider,
} from '../src/oauth/provider.ts'
import type { ProviderFile } from './read-providers.ts'

const head = `<!-- Generated from src/oauth/providers/: npm run generate -->

# Providers

\`provider\` takes one of these ids. Any other provider works with \`issuer\` or \`token-endpoint\`.

- **Parameters** go into \`provider-parameters\`, one \`name=value\` a line; those in parentheses may be left out. Parameters of the request go into \`token-request-parameters\`.
- **Client authentication**: the first one that fits is used, unless \`client-auth-method\` says otherwise.
- **Class** is what the provider does to the old refresh token (see \`rotation-class\`). What it leaves to its customers, and what nobody says, counts as \`strict\`: say otherwise where you know better.
- **Ends**: when the refresh token dies, as far as that is known, by the provider's defaults.
- **Read**: when that was read, with a link to all of it and where it was found.

Nothing of this is promised by the providers; most of them change such rules without a word. The id links to the provider's page about refreshing or, where none could be read, to who says so.
`

/** The page for users. */
export function buildProvidersPage(
  providers: ReadonlyMap<string, ProviderFile>,
): string {
  return [
    head,
    '| Provider | | Parameters | Client authentication | Class | Ends | Read |',
    '|---|---|---|---|---|---|---|',
    ...[...providers].map(([id, file]) => `| ${rowOf(id, file).join(' | ')} |`),
  ].join('\n')
}

function rowOf(id: string, { provider, read }: ProviderFile): string[] {
  return [
    `[\`${id}\`](${provider.documentation})`,
    provider.name,
    parametersOf(provider).join('<br>') || '–',
    methodsOf(provider),
    classOf(provider),
    endOf(provider).join('; ') || '–',
    `[${read.join(', ')}](../src/oauth/providers/${id}.ts)`,
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
