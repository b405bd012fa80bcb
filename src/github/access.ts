import type { System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { Api } from './api.ts'
import {
  AppCredential,
  InstallationCredential,
  type AppKey,
  type Installation,
  type OnMinted,
} from './app.ts'
import {
  GivenToken,
  kindOf,
  type Credential,
  type CredentialKind,
} from './credential.ts'
import type { CurrentRepository, Place } from './places.ts'
import type { RecordAddress } from './git-record-store.ts'
import { requiredPermission } from './store-facts.ts'

/** How requests to GitHub are authorized: by a token, or as an App that mints some. */
export type Authorization =
  | { readonly kind: 'token'; readonly token: SecretValue }
  | { readonly kind: 'app'; readonly key: AppKey }

/** Everything that a run will ask GitHub for. */
export interface Needs {
  readonly authorization: Authorization
  readonly places: readonly Place[]
  /** Without a token of its own, the App writes it. */
  readonly record?: RecordAddress & { readonly token?: SecretValue }
  readonly current: CurrentRepository
}

export interface AccessPorts {
  readonly createApi: (credential: Credential) => Api
  readonly webUrl: URL
  readonly system: System
  readonly onMinted: OnMinted
  readonly warn: (line: string) => void
}

/** GitHub's API, with the credential that each task needs. */
export interface Access {
  readonly apiFor: (place: Place) => Api
  /** Sees the running repository. */
  readonly record: Api | undefined
  /** Knows when runs were created and whether they have ended. */
  readonly runs: Api | undefined
}

/** Sends nothing yet: a token is minted on first use. */
export function openAccess(needs: Needs, ports: AccessPorts): Access {
  const { authorization, record } = needs
  const { createApi, webUrl, warn } = ports
  const createGiven = (
    token: SecretValue,
    kind: CredentialKind,
    input: string,
  ): Api => createApi(new GivenToken(token, kind, input, webUrl, warn))
  const ofRecord =
    record?.token &&
    createGiven(record.token, jobOr(kindOf(record.token)), 'record-token')
  if (authorization.kind === 'app') {
    const installations = openInstallations(authorization.key, needs, ports)
    return {
      apiFor: installations.apiFor,
      record: ofRecord ?? installations.forRecord,
      runs: ofRecord ?? installations.forRuns,
    }
  }
  const { token } = authorization
  const kind = record?.token?.equals(token)
    ? jobOr(kindOf(token))
    : kindOf(token)
  const api = createGiven(token, kind, 'github-token')
  return { apiFor: () => api, record: ofRecord, runs: ofRecord }
}

/** The record's token is the job's, unless the workflow says otherwise. */
function jobOr(kind: CredentialKind): CredentialKind {
  return kind === 'installation' || kind === 'unknown' ? 'job' : kind
}

interface Installations {
  readonly apiFor: (place: Place) => Api
  readonly forRecord: Api | undefined
  readonly forRuns: Api | undefined
}

function openInstallations(
  key: AppKey,
  { places, record, current }: Needs,
  { createApi, webUrl, system, onMinted }: AccessPorts,
): Installations {
  const app = createApi(new AppCredential(key, webUrl, system))
  const plan = new InstallationPlan()
  for (const place of places) plan.addPlace(place)
  const isOurs = record !== undefined && record.token === undefined
  if (isOurs) {
    plan.addRepository(record, { contents: 'write', actions: 'read' })
    plan.addRepository(current, { actions: 'read' })
  }
  const apis = new Map(
    plan.installations.map(([id, installation]) => [
      id,
      createApi(
        new InstallationCredential(app, installation, system, onMinted),
      ),
    ]),
  )
  const find = (id: string): Api => {
    const api = apis.get(id)
    if (api === undefined) throw new TypeError('not planned')
    return api
  }
  return {
    apiFor: (place) => find(installationOf(place)),
    forRecord: isOurs ? find(repositoriesOf(record.owner)) : undefined,
    forRuns: isOurs ? find(repositoriesOf(current.owner)) : undefined,
  }
}

/** Least privilege: separate tokens for repositories and for organization secrets. */
export class InstallationPlan {
  readonly #installations = new Map<
    string,
    {
      account: string
      permissions: Record<string, 'read' | 'write'>
      repositories: Set<string>
    }
  >()

  get installations(): [string, Installation][] {
    return [...this.#installations].map(([id, { repositories, ...rest }]) => [
      id,
      { ...rest, repositories: [...repositories].sort() },
    ])
  }

  addPlace(place: Place): void {
    const { holder } = place
    const permissions = { [requiredPermission(place).key]: 'write' } as const
    switch (holder.kind) {
      case 'repository':
      case 'environment':
        this.addRepository(holder, permissions)
        return
      case 'organization':
        this.#add(installationOf(place), holder.organization, permissions)
        return
      case 'user':
        throw new TypeError('no App can write the secrets of a user')
    }
  }

  addRepository(
    { owner, repository }: CurrentRepository,
    permissions: Installation['permissions'],
  ): void {
    const entry = this.#add(repositoriesOf(owner), owner, permissions)
    entry.repositories.add(repository.toLowerCase())
  }

  #add(
    id: string,
    account: string,
    permissions: Installation['permissions'],
  ): { repositories: Set<string> } {
    const entry = this.#installations.get(id) ?? {
      account,
      permissions: {},
      repositories: new Set(),
    }
    this.#installations.set(id, entry)
    for (const [permission, level] of Object.entries(permissions)) {
      // `write` includes `read`.
      if (entry.permissions[permission] !== 'write') {
        entry.permissions[permission] = level
      }
    }
    return entry
  }
}

function installationOf({ holder }: Place): string {
  switch (holder.kind) {
    case 'repository':
    case 'environment':
      return repositoriesOf(holder.owner)
    case 'organization':
      return `organization:${holder.organization.toLowerCase()}`
    case 'user':
      return 'user'
  }
}

function repositoriesOf(owner: string): string {
  return `repositories:${owner.toLowerCase()}`
}
