/**
 * All requests to GitHub: methods and route templates, as its documentation writes
 * them. Each pair of braces is encoded as one path segment. ESLint ensures that these
 * are literals, and that nothing else becomes a route.
 */

export const secretRoutes = {
  repositoryActions: {
    list: 'GET /repos/{owner}/{repo}/actions/secrets',
    publicKey: 'GET /repos/{owner}/{repo}/actions/secrets/public-key',
    read: 'GET /repos/{owner}/{repo}/actions/secrets/{secret_name}',
    write: 'PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}',
    delete: 'DELETE /repos/{owner}/{repo}/actions/secrets/{secret_name}',
  },
  repositoryDependabot: {
    list: 'GET /repos/{owner}/{repo}/dependabot/secrets',
    publicKey: 'GET /repos/{owner}/{repo}/dependabot/secrets/public-key',
    read: 'GET /repos/{owner}/{repo}/dependabot/secrets/{secret_name}',
    write: 'PUT /repos/{owner}/{repo}/dependabot/secrets/{secret_name}',
    delete: 'DELETE /repos/{owner}/{repo}/dependabot/secrets/{secret_name}',
  },
  repositoryCodespaces: {
    list: 'GET /repos/{owner}/{repo}/codespaces/secrets',
    publicKey: 'GET /repos/{owner}/{repo}/codespaces/secrets/public-key',
    read: 'GET /repos/{owner}/{repo}/codespaces/secrets/{secret_name}',
    write: 'PUT /repos/{owner}/{repo}/codespaces/secrets/{secret_name}',
    delete: 'DELETE /repos/{owner}/{repo}/codespaces/secrets/{secret_name}',
  },
  repositoryAgents: {
    list: 'GET /repos/{owner}/{repo}/agents/secrets',
    publicKey: 'GET /repos/{owner}/{repo}/agents/secrets/public-key',
    read: 'GET /repos/{owner}/{repo}/agents/secrets/{secret_name}',
    write: 'PUT /repos/{owner}/{repo}/agents/secrets/{secret_name}',
    delete: 'DELETE /repos/{owner}/{repo}/agents/secrets/{secret_name}',
  },
  environmentActions: {
    list: 'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets',
    publicKey:
      'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key',
    read: 'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
    write:
      'PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
    delete:
      'DELETE /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}',
  },
  organizationActions: {
    list: 'GET /orgs/{org}/actions/secrets',
    publicKey: 'GET /orgs/{org}/actions/secrets/public-key',
    read: 'GET /orgs/{org}/actions/secrets/{secret_name}',
    write: 'PUT /orgs/{org}/actions/secrets/{secret_name}',
    delete: 'DELETE /orgs/{org}/actions/secrets/{secret_name}',
    repositories: 'GET /orgs/{org}/actions/secrets/{secret_name}/repositories',
  },
  organizationDependabot: {
    list: 'GET /orgs/{org}/dependabot/secrets',
    publicKey: 'GET /orgs/{org}/dependabot/secrets/public-key',
    read: 'GET /orgs/{org}/dependabot/secrets/{secret_name}',
    write: 'PUT /orgs/{org}/dependabot/secrets/{secret_name}',
    delete: 'DELETE /orgs/{org}/dependabot/secrets/{secret_name}',
    repositories:
      'GET /orgs/{org}/dependabot/secrets/{secret_name}/repositories',
  },
  organizationCodespaces: {
    list: 'GET /orgs/{org}/codespaces/secrets',
    publicKey: 'GET /orgs/{org}/codespaces/secrets/public-key',
    read: 'GET /orgs/{org}/codespaces/secrets/{secret_name}',
    write: 'PUT /orgs/{org}/codespaces/secrets/{secret_name}',
    delete: 'DELETE /orgs/{org}/codespaces/secrets/{secret_name}',
    repositories:
      'GET /orgs/{org}/codespaces/secrets/{secret_name}/repositories',
  },
  organizationAgents: {
    list: 'GET /orgs/{org}/agents/secrets',
    publicKey: 'GET /orgs/{org}/agents/secrets/public-key',
    read: 'GET /orgs/{org}/agents/secrets/{secret_name}',
    write: 'PUT /orgs/{org}/agents/secrets/{secret_name}',
    delete: 'DELETE /orgs/{org}/agents/secrets/{secret_name}',
    repositories: 'GET /orgs/{org}/agents/secrets/{secret_name}/repositories',
  },
  userCodespaces: {
    list: 'GET /user/codespaces/secrets',
    publicKey: 'GET /user/codespaces/secrets/public-key',
    read: 'GET /user/codespaces/secrets/{secret_name}',
    write: 'PUT /user/codespaces/secrets/{secret_name}',
    delete: 'DELETE /user/codespaces/secrets/{secret_name}',
    repositories: 'GET /user/codespaces/secrets/{secret_name}/repositories',
  },
} as const

export const routes = {
  readRef: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
  createRef: 'POST /repos/{owner}/{repo}/git/refs',
  updateRef: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
  readCommit: 'GET /repos/{owner}/{repo}/git/commits/{commit_sha}',
  createCommit: 'POST /repos/{owner}/{repo}/git/commits',
  createTree: 'POST /repos/{owner}/{repo}/git/trees',
  readRunAttempt:
    'GET /repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}',
  listEnvironments: 'GET /repos/{owner}/{repo}/environments',
  findRepositoryInstallation: 'GET /repos/{owner}/{repo}/installation',
  findOrganizationInstallation: 'GET /orgs/{org}/installation',
  mintInstallationToken:
    'POST /app/installations/{installation_id}/access_tokens',
  revokeInstallationToken: 'DELETE /installation/token',
} as const

export type SecretRouteTable = (typeof secretRoutes)[keyof typeof secretRoutes]
type RouteOf<Table> = Table extends unknown ? Table[keyof Table] : never

export type Route = RouteOf<typeof routes> | RouteOf<SecretRouteTable>
