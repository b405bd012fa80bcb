import {
  DAY_SECONDS,
  type Placeholder,
  type Provider,
} from '../src/oauth/provider.ts'
import type { ProviderFile } from './read-providers.ts'

const head = `<!-- Generated from src/oauth/providers/: npm run generate -->

# Providers

\`provider\` takes one of these IDs. Any other provider works with \`issuer\` or \`token-endpoint\`.

- **Parameters** go into \`provider-parameters\`, as \`name=value\`, one per line; those in parentheses are optional. Parameters of the request go into \`token-request-parameters\`.
- **Client authentication**: the first method that fits is used, unless \`client-auth-method\` says otherwise.
- **Class** is what the provider does to the old refresh token (see \`rotation-class\`). If customers can configure it, or if it is not documented, it counts as \`strict\`; set \`rotation-class\` if you know better.
- **Ends**: when the refresh token expires by the provider's defaults, as far as that is known.
- **Read**: when this was read, with a link to all the details and their sources.

The providers promise none of this, and most of them change such rules without notice. The ID links to the provider's page about refreshing or, where no such page could be read, to another source.
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
  const text = `\`${name}\`: ${placeholder.description}, for example \`${placeholder.example}\``
  return placeholder.default === undefined
    ? text
    : `(${text}; default: \`${placeholder.default}\`)`
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
