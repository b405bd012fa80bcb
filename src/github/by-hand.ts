import type { SealedSecret } from '../rotation/tokens/sealed-secret.ts'
import type { VisibilityFields } from './visibility.ts'
import type { Place } from './places.ts'
import { parametersOf, routesOf } from './store-facts.ts'

/**
 * The command that writes the secret by hand. `gh` prompts for the value, which keeps
 * it out of the shell history.
 *
 * @param webUrl of the GitHub that holds it
 * @see https://cli.github.com/manual/gh_secret_set
 */
export function replaceCommand(place: Place, webUrl: URL): string {
  const host = quoteForShell(webUrl.host)
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
 * The command that stores a sealed value: the very request that the action makes.
 *
 * @param visibility who may read it, where the write says so
 * @see https://cli.github.com/manual/gh_api
 */
export function restoreCommand(
  place: Place,
  { keyId, encryptedValue }: SealedSecret,
  { visibility, selected_repository_ids: ids }: VisibilityFields,
  webUrl: URL,
): string {
  const parameters: Readonly<Record<string, unknown>> = {
    ...parametersOf(place.holder),
    secret_name: place.name,
  }
  const [, template = ''] = routesOf(place).write.split(' /')
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parameters[name])),
  )
  return [
    'gh api -X PUT',
    ...(isGitHubCom(webUrl)
      ? []
      : [`--hostname ${quoteForShell(webUrl.host)}`]),
    quoteForShell(path),
    `-f key_id=${quoteForShell(keyId)}`,
    `-f encrypted_value=${quoteForShell(encryptedValue)}`,
    ...(visibility === undefined ? [] : [`-f visibility=${visibility}`]),
    ...listFields(ids),
  ].join(' ')
}

function isGitHubCom({ host }: URL): boolean {
  return host === 'github.com'
}

/** `-F` turns digits into numbers; a name alone is an empty list. */
function listFields(ids: readonly number[] | undefined): string[] {
  const name = 'selected_repository_ids[]'
  if (ids === undefined) return []
  return ids.length === 0
    ? [`-F '${name}'`]
    : ids.map((id) => `-F '${name}=${String(id)}'`)
}

function quoteForShell(text: string): string {
  return /^[\w./+=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
