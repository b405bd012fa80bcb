import { error, toSeconds, type Answer, type ApiRequest } from './answer.ts'
import type { App, Installation } from './apps.ts'
import type { Permissions } from './credential.ts'
import {
  describeAccount,
  describeFullRepository,
  type Repository,
} from './repository.ts'

/** What an installation token is asked for. */
export interface TokenOrder {
  readonly app: App
  readonly installation: Installation
  readonly permissions: Permissions
  /** `owner/name` of each, or all of the account's. */
  readonly repositories: 'all' | readonly string[]
}

interface TokenBody {
  readonly permissions?: Permissions
  readonly repositories?: readonly string[]
  readonly repository_ids?: readonly number[]
}

/** What only an App may ask, of installations and for tokens. */
export function isForApps(operationId: string): boolean {
  return (
    operationId.startsWith('apps/') &&
    operationId !== 'apps/revoke-installation-access-token'
  )
}

/** Does what an App asks for as itself. */
export function answerAppRequest(
  request: Omit<ApiRequest, 'kind'>,
  app: App,
  repositories: ReadonlyMap<string, Repository>,
  mint: (order: TokenOrder) => { token: string; expiresAt: Date },
): Answer {
  const { operation, body, apiUrl } = request
  const installation = findInstallation(request, app, repositories)
  if (installation === undefined) return error(404, 'Not Found')
  if (operation.id !== 'apps/create-installation-access-token') {
    return {
      status: 200,
      body: describeInstallation(installation, app, apiUrl),
    }
  }
  if (installation.isSuspended) {
    return error(403, 'This installation has been suspended')
  }
  const asked = (body === '' ? {} : JSON.parse(body)) as TokenBody
  const named = asked.repositories?.map((name) =>
    repositories.get(`${installation.account}/${name}`.toLowerCase()),
  )
  const problem = explainRefusal(asked, named, installation)
  if (problem !== undefined) return error(422, problem)
  const { permissions = installation.permissions } = asked
  const chosen = named?.filter((each) => each !== undefined)
  const order: TokenOrder = {
    app,
    installation,
    permissions,
    repositories: chosen?.map(fullNameOf) ?? installation.repositories,
  }
  const { token, expiresAt } = mint(order)
  return {
    status: 201,
    body: {
      token,
      expires_at: toSeconds(expiresAt),
      permissions: describePermissions(permissions),
      repository_selection: describeSelection(order.repositories),
      ...(chosen && {
        repositories: chosen.map((each) =>
          describeFullRepository(each, apiUrl),
        ),
      }),
    },
  }
}

function explainRefusal(
  asked: TokenBody,
  named: readonly (Repository | undefined)[] | undefined,
  installation: Installation,
): string | undefined {
  if (asked.repository_ids !== undefined || named?.length === 0) {
    // What GitHub makes of an empty list is not documented.
    return 'The stand-in knows neither repository_ids nor an empty list'
  }
  if (asked.permissions && !isWithin(asked.permissions, installation)) {
    return 'The permissions requested are not granted to this installation.'
  }
  return named?.some((each) => !includes(installation, each))
    ? 'There is at least one repository that does not exist or is not accessible to the parent installation.'
    : undefined
}

function findInstallation(
  { operation: { parameters } }: Omit<ApiRequest, 'kind'>,
  { installations }: App,
  repositories: ReadonlyMap<string, Repository>,
): Installation | undefined {
  const { installation_id: id, owner, repo, org, username } = parameters
  return installations.find((installation) => {
    if (id !== undefined) return installation.id === Number(id)
    if (owner !== undefined) {
      const fullName = `${owner}/${repo}`.toLowerCase()
      return includes(installation, repositories.get(fullName))
    }
    const isMeant = sameName(installation.account, org ?? username ?? '')
    const isPossible =
      org === undefined || installation.accountType === 'Organization'
    return isMeant && isPossible
  })
}

function includes(
  { account, repositories }: Installation,
  repository: Repository | undefined,
): boolean {
  if (repository === undefined) return false
  return repositories === 'all'
    ? sameName(account, repository.owner)
    : repositories.some((name) => sameName(name, fullNameOf(repository)))
}

const levels = ['read', 'write', 'admin']

function isWithin(asked: Permissions, { permissions }: Installation): boolean {
  const granted = describePermissions(permissions)
  return Object.entries(asked).every(
    ([key, level]) =>
      levels.includes(level) &&
      levels.indexOf(level) <= levels.indexOf(granted[key] ?? ''),
  )
}

/** Nobody has to ask for metadata: whoever has anything may read it. */
function describePermissions(permissions: Permissions): Permissions {
  return { metadata: 'read', ...permissions }
}

function describeSelection(
  repositories: Installation['repositories'],
): 'all' | 'selected' {
  return repositories === 'all' ? 'all' : 'selected'
}

function fullNameOf({ owner, name }: Repository): string {
  return `${owner}/${name}`
}

function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function describeInstallation(
  installation: Installation,
  { id: appId, clientId }: App,
  apiUrl: string,
): object {
  const { id, account, accountType, createdAt } = installation
  const time = toSeconds(createdAt)
  return {
    id,
    account: describeAccount(account, accountType, apiUrl),
    access_tokens_url: `${apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: `https://github.com/organizations/${account}/settings/installations/${id}`,
    app_id: appId,
    app_slug: 'acme-rotation',
    client_id: clientId,
    target_id: 1,
    target_type: accountType,
    permissions: describePermissions(installation.permissions),
    repository_selection: describeSelection(installation.repositories),
    events: [],
    single_file_name: null,
    created_at: time,
    updated_at: time,
    suspended_by: null,
    suspended_at: installation.isSuspended ? time : null,
  }
}
