import type { ApiRequest } from './answer.ts'
import type { StoreName } from './stores.ts'

/** What an operation takes of the token that asks for it. */
export interface Need {
  /** GitHub's key of it, for every token but a classic one. */
  readonly permission: string
  readonly level: 'read' | 'write'
  /** Of a classic token; any one of them is enough. */
  readonly scopes: readonly string[]
}

const repositoryPermissions: Readonly<Record<StoreName, string>> = {
  actions: 'secrets',
  dependabot: 'dependabot_secrets',
  codespaces: 'codespaces_secrets',
  agents: 'agent_secrets',
}

const organizationPermissions: Readonly<Record<StoreName, string>> = {
  actions: 'organization_secrets',
  dependabot: 'organization_dependabot_secrets',
  codespaces: 'organization_codespaces_secrets',
  agents: 'organization_agent_secrets',
}

const repositoryScopes = ['repo']

/**
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 */
export function needOf({
  method,
  operation: { id, parameters },
}: ApiRequest): Need {
  const level = method === 'GET' ? 'read' : 'write'
  const store = storeNameOf(id)
  if (parameters['org'] !== undefined) {
    const permission = organizationPermissions[store]
    return { permission, level, scopes: ['admin:org'] }
  }
  if (parameters['owner'] === undefined) {
    const scopes = ['codespace', 'codespace:secrets']
    return { permission: 'codespaces_user_secrets', level, scopes }
  }
  const ofRepository = (permission: string): Need => ({
    permission,
    level,
    scopes: repositoryScopes,
  })
  if (id.startsWith('git/')) return ofRepository('contents')
  if (readsWithActions.includes(id)) return ofRepository('actions')
  if (parameters['environment_name'] !== undefined) {
    return ofRepository('environments')
  }
  // Nobody may so much as list these without being allowed to write them.
  if (store === 'codespaces') {
    return { ...ofRepository(repositoryPermissions[store]), level: 'write' }
  }
  return ofRepository(repositoryPermissions[store])
}

const readsWithActions = [
  'actions/get-workflow-run-attempt',
  'repos/get-all-environments',
]

/** The ids of all operations on secrets begin with the name of the store. */
export function storeNameOf(operationId: string): StoreName {
  return operationId.split('/')[0] as StoreName
}
