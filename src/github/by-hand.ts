import type { Place } from './places.ts'
import { secretsEndpoint } from './store-facts.ts'

/**
 * What a person types to write the secret by hand. `gh` asks for the value, so
 * it does not end up in the history of a shell.
 *
 * @param webUrl of the GitHub that holds it
 * @see https://cli.github.com/manual/gh_secret_set
 */
export function replaceCommand(place: Place, webUrl: URL): string {
  const { host } = webUrl
  return [
    // `gh secret` has no option for the server.
    ...(isGitHubCom(webUrl) ? [] : [`GH_HOST=${host}`]),
    `gh secret set ${place.name}`,
    ...(place.store === 'actions' || place.holder.kind === 'user'
      ? []
      : [`--app ${place.store}`]),
    holderOption(place),
  ].join(' ')
}

function holderOption({ holder }: Place): string {
  switch (holder.kind) {
    case 'repository':
      return `--repo ${holder.owner}/${holder.repository}`
    case 'environment':
      return `--repo ${holder.owner}/${holder.repository} --env ${quoteForShell(holder.environment)}`
    case 'organization':
      return `--org ${holder.organization}`
    case 'user':
      return '--user'
  }
}

/**
 * What a person types to put a sealed value in place: the very request that the
 * action makes.
 *
 * @param body the request's body
 * @see https://cli.github.com/manual/gh_api
 */
export function restoreCommand(
  place: Place,
  body: Readonly<Record<string, unknown>>,
  webUrl: URL,
): string {
  const { route, parameters } = secretsEndpoint(place)
  const path = route
    .replace(/^\//, '')
    .replaceAll(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(parameters[name] ?? ''),
    )
  const fields = Object.entries(body).flatMap(([name, value]) =>
    Array.isArray(value)
      ? listFields(name, value)
      : [`-f ${name}=${quoteForShell(String(value))}`],
  )
  return [
    'gh api -X PUT',
    ...(isGitHubCom(webUrl) ? [] : [`--hostname ${webUrl.host}`]),
    quoteForShell(`${path}/${place.name}`),
    ...fields,
  ].join(' ')
}

function isGitHubCom({ host }: URL): boolean {
  return host === 'github.com'
}

/** `-F` makes numbers of digits; a name alone makes an empty list. */
function listFields(name: string, values: readonly unknown[]): string[] {
  return values.length === 0
    ? [`-F '${name}[]'`]
    : values.map((value) => `-F '${name}[]=${String(value)}'`)
}

function quoteForShell(text: string): string {
  return /^[\w./+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
