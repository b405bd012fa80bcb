import type { RouteParameters } from './api.ts'
import type { Holder, Store, StoreOf } from './places.ts'
import { secretRoutes, type SecretRouteTable } from './routes.ts'

export interface Permission {
  /** The key in GitHub's API and in `X-Accepted-GitHub-Permissions`. */
  readonly key: string
  /** Its name on the pages where tokens and Apps are set up, and the part of them. */
  readonly title: string
  readonly level: 'repository' | 'organization' | 'account'
  /** Reading takes the permission to write, too. */
  readonly isForWritersOnly?: true
}

/** What GitHub says of the secrets of one store and one kind of holder. */
interface StoreFacts {
  readonly routes: SecretRouteTable
  readonly permission: Omit<Permission, 'level'>
  /** How many secrets there can be, where GitHub says it. */
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
  // Environments and users have one store each, which parsePlace knows.
  if (found === undefined) throw new TypeError('no such store')
  return found
}

/** What writing a secret there takes. */
export function requiredPermission(store: StoreOf): Permission {
  const { level } = levels[store.holder.kind]
  return { ...factsOf(store).permission, level }
}

/** What a classic token needs instead. */
export function requiredScope({ holder }: StoreOf): string {
  return levels[holder.kind].classicScope
}

/** How many secrets the store can hold, where GitHub says it. */
export function maxSecrets(store: StoreOf): number | undefined {
  return factsOf(store).maxCount
}

/** Servers of one's own may not have these. */
const features: Record<Store, string | undefined> = {
  actions: undefined,
  dependabot: undefined,
  codespaces: 'Codespaces',
  agents: 'Agents',
}

/** Set where some servers have no such secrets. */
export function optionalFeature({ store }: StoreOf): string | undefined {
  return features[store]
}

/** The holder's secrets are open to some repositories only, or to all. */
export function hasVisibility({ holder }: StoreOf): boolean {
  return holder.kind === 'organization' || holder.kind === 'user'
}

/** What is asked of the secrets of a store, and of whose. */
export function routesOf(store: StoreOf): SecretRouteTable {
  return factsOf(store).routes
}

/** What fills these routes, but for the name of a secret. */
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
