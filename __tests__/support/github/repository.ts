import type { Clock } from '../clock.ts'
import { GitStore } from './git-store.ts'
import { RunStore } from './run-store.ts'
import type { SecretStore } from './secret-store.ts'
import { createStores, type Stores } from './stores.ts'

export interface Environment {
  readonly id: number
  /** As it was written when it was made; it is found without case. */
  readonly name: string
  readonly createdAt: Date
  readonly secrets: SecretStore
}

/** What a repository has, as far as the action has to do with it. */
export interface Repository {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly isPrivate: boolean
  readonly stores: Stores
  /** Those for Actions. */
  readonly secrets: SecretStore
  /** By their names in lower case. */
  readonly environments: Map<string, Environment>
  readonly git: GitStore
  readonly runs: RunStore
}

export function createRepository(
  clock: Clock,
  {
    id,
    fullName,
    isPrivate,
  }: { id: number; fullName: string; isPrivate: boolean },
): Repository {
  const [owner = '', name = ''] = fullName.split('/')
  const git = new GitStore(clock)
  const stores = createStores(clock, 100)
  return {
    id,
    owner,
    name,
    isPrivate,
    stores,
    secrets: stores.actions,
    environments: new Map(),
    git,
    // No two runs on GitHub have the same id, whatever their repositories.
    runs: new RunStore(clock, id * 1000 + 1, git),
  }
}

const repositoryLinks = [
  ...['archive', 'assignees', 'blobs', 'branches', 'collaborators', 'comments'],
  ...['commits', 'compare', 'contents', 'contributors', 'deployments'],
  ...['downloads', 'events', 'forks', 'git_commits', 'git_refs', 'git_tags'],
  ...['hooks', 'html', 'issue_comment', 'issue_events', 'issues', 'keys'],
  ...['labels', 'languages', 'merges', 'milestones', 'notifications', 'pulls'],
  ...['releases', 'stargazers', 'statuses', 'subscribers', 'subscription'],
  ...['tags', 'teams', 'trees'],
].map((link) => `${link}_url`)

const accountLinks = [
  ...['avatar', 'events', 'followers', 'following', 'gists', 'html'],
  ...['organizations', 'received_events', 'repos', 'starred', 'subscriptions'],
].map((link) => `${link}_url`)

/** A "minimal repository", with everything that GitHub's schema requires. */
export function describeRepository(
  { id, owner, name, isPrivate }: Repository,
  apiUrl: string,
): object {
  const url = `${apiUrl}/repos/${owner}/${name}`
  return {
    ...Object.fromEntries(repositoryLinks.map((link) => [link, url])),
    url,
    id,
    node_id: `R_${id}`,
    name,
    full_name: `${owner}/${name}`,
    private: isPrivate,
    fork: false,
    description: null,
    owner: describeAccount(owner, 'Organization', apiUrl),
  }
}

/** A "repository", likewise. */
export function describeFullRepository(
  repository: Repository,
  apiUrl: string,
): object {
  const described = describeRepository(repository, apiUrl)
  const url = `${apiUrl}/repos/${repository.owner}/${repository.name}`
  const counts = ['forks', 'open_issues', 'stargazers', 'watchers']
  return {
    ...described,
    ...Object.fromEntries(counts.map((each) => [`${each}_count`, 0])),
    ...{ forks: 0, open_issues: 0, watchers: 0, size: 0 },
    ...{ clone_url: url, git_url: url, ssh_url: url, svn_url: url },
    ...{ homepage: null, language: null, mirror_url: null, license: null },
    ...{ pushed_at: null, created_at: null, updated_at: null },
    ...{ has_downloads: true, has_issues: true, has_projects: true },
    ...{ has_wiki: true, has_pages: false, archived: false, disabled: false },
    default_branch: 'main',
  }
}

/** A "simple user", with everything that GitHub's schema requires. */
export function describeAccount(
  login: string,
  type: 'Organization' | 'User' | 'Bot',
  apiUrl: string,
): object {
  const url = `${apiUrl}/users/${encodeURIComponent(login)}`
  return {
    ...Object.fromEntries(accountLinks.map((link) => [link, url])),
    url,
    login,
    id: 1,
    node_id: 'O_1',
    gravatar_id: '',
    type,
    site_admin: false,
  }
}
