import type { Clock } from '../clock.ts'
import { GitStore } from './git-store.ts'
import { RunStore } from './run-store.ts'
import { SecretStore } from './secret-store.ts'

/** What a repository has, as far as the action has to do with it. */
export interface Repository {
  readonly id: number
  readonly owner: string
  readonly name: string
  readonly isPrivate: boolean
  readonly secrets: SecretStore
  readonly environments: Map<string, SecretStore>
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
  return {
    id,
    owner,
    name,
    isPrivate,
    secrets: new SecretStore(clock, 100),
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

/** A "simple user", with everything that GitHub's schema requires. */
export function describeAccount(
  login: string,
  type: 'Organization' | 'Bot',
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
