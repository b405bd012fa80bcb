import type { RouteParameters } from './api.ts'
import type { Holder, Store, StoreOf } from './places.ts'
import { secretRoutes, type SecretRouteTable } from './routes.ts'

export interface Permission {
  /** The key in GitHub's API and in `X-Accepted-GitHub-Permissions`. */
  readonly key: string
  /** Its name on the settings pages of tokens and Apps, and the section there. */
  readonly title: string
  readonly level: 'repository' | 'organization' | 'account'
  /** Even reading requires the permission to write. */
  readonly isForWritersOnly?: true
}

/** GitHub's rules for the secrets of one store and one kind of holder. */
interface StoreFacts {
  readonly routes: SecretRouteTable
  readonly permission: Omit<Permission, 'level'>
  /** The maximum number of secrets, where GitHub documents it. */
  readonly maxCount?: number
}

/**
 * @see https://docs.github.com/en/rest/authentication/permissions-required-for-fine-grained-personal-access-tokens
 * @see https://docs.github.com/en/actions/reference/security/secrets for the limits
 */
const facts: {
  readonly repository: Record<Store, StoreFacts>
  readonly environment: Record<'actions', StoreFacts>
  readonly organization: Record<Store, StoreFacts>
  readonly user: Record<'codespaces', StoreFacts>
} = {
  repository: {
    actions: {
      routes: secretRoutes.repositoryActions,
      permission: { key: 'secrets', title: 'Secrets' },
      maxCount: 100,
    },
    dependabot: {
      routes: secretRoutes.repositoryDependabot,
      permission: { key: 'dependabot_secrets', title: 'Dependabot secrets' },
    },
    codespaces: {
      routes: secretRoutes.repositoryCodespaces,
      permission: {
        key: 'codespaces_secrets',
        title: 'Codespaces secrets',
        isForWritersOnly: true,
      },
      maxCount: 100,
    },
    agents: {
      routes: secretRoutes.repositoryAgents,
      permission: { key: 'agent_secrets', title: 'Agent secrets' },
    },
  },
  environment: {
    actions: {
      routes: secretRoutes.environmentActions,
      permission: { key: 'environments', title: 'Environments' },
      maxCount: 100,
    },
  },
  organization: {
    actions: {
      routes: secretRoutes.organizationActions,
      permission: { key: 'organization_secrets', title: 'Secrets' },
      maxCount: 1000,
    },
    dependabot: {
      routes: secretRoutes.organizationDependabot,
      permission: {
        key: 'organization_dependabot_secrets',
        title: 'Organization dependabot secrets',
      },
    },
    codespaces: {
      routes: secretRoutes.organizationCodespaces,
      permission: {
        key: 'organization_codespaces_secrets',
        title: 'Organization codespaces secrets',
      },
      maxCount: 100,
    },
    agents: {
      routes: secretRoutes.organizationAgents,
      permission: {
        key: 'organization_agent_secrets',
        title: 'Agent secrets',
      },
    },
  },
  user: {
    codespaces: {
      routes: secretRoutes.userCodespaces,
      permission: {
        key: 'codespaces_user_secrets',
        title: 'Codespaces user secrets',
      },
    },
  },
}

const levels = {
  repository: { level: 'repository', classicScope: 'repo' },
  environment: { level: 'repository', classicScope: 'repo' },
  organization: { level: 'organization', classicScope: 'admin:org' },
  user: { level: 'account', classicScope: 'codespace' },
} as const

function factsOf({ holder, store }: StoreOf): StoreFacts {
  const ofHolder: Partial<Record<Store, StoreFacts>> = facts[holder.kind]
  const found = ofHolder[store]
  // parsePlace allows environments and users only one store each.
  if (found === undefined) throw new TypeError('no such store')
  return found
}

export function requiredPermission(store: StoreOf): Permission {
  const { level } = levels[store.holder.kind]
  return { ...factsOf(store).permission, level }
}

export function requiredScope({ holder }: StoreOf): string {
  return levels[holder.kind].classicScope
}

export function maxSecrets(store: StoreOf): number | undefined {
  return factsOf(store).maxCount
}

/** GitHub Enterprise Server may lack these. */
const features: Record<Store, string | undefined> = {
  actions: undefined,
  dependabot: undefined,
  codespaces: 'Codespaces',
  agents: 'Agents',
}

export function optionalFeature({ store }: StoreOf): string | undefined {
  return features[store]
}

/** Organizations and users choose which repositories may read a secret. */
export function hasVisibility({ holder }: StoreOf): boolean {
  return holder.kind === 'organization' || holder.kind === 'user'
}

export function routesOf(store: StoreOf): SecretRouteTable {
  return factsOf(store).routes
}

/** What fills these routes, except for the name of a secret. */
export function parametersOf(holder: Holder): RouteParameters {
  switch (holder.kind) {
    case 'repository':
      return { owner: holder.owner, repo: holder.repository }
    case 'environment':
      return {
        owner: holder.owner,
        repo: holder.repository,
        environment_name: holder.environment,
      }
    case 'organization':
      return { org: holder.organization }
    case 'user':
      return {}
  }
}
