import type { Clock } from '../clock.ts'
import type { Commands } from '../control.ts'
import type { SeenRequest } from '../http-server.ts'
import type { App, MintedToken, NewApp } from './apps.ts'
import type { Credential, Grant, Reach } from './credential.ts'
import type { Repository } from './repository.ts'
import type { WorkflowRun } from './run-store.ts'
import type { QueuedRun } from './run-secrets.ts'
import type { SecretStore } from './secret-store.ts'

interface InRepository {
  /** `owner/name` */
  readonly repository: string
}

interface Counted extends InRepository {
  readonly count: number
}

interface OfRun extends InRepository {
  readonly id: number
}

/** The repository's own for Actions, unless another scope is named. */
type InStore = InRepository | { readonly scope: string }

/** What JSON makes of a credential. */
type WrittenToken = Grant &
  Reach & { readonly token: string; readonly expiresAt?: string }

/** As much of the stand-in as its commands need. */
interface Commanded {
  readonly clock: Clock
  readonly requests: readonly SeenRequest[]
  readonly violations: readonly string[]
  repository(fullName: string): Repository
  readonly mintedTokens: readonly MintedToken[]
  store(scope: string): SecretStore
  addRepository(fullName: string): Repository
  addEnvironment(repository: Repository, name: string): SecretStore
  addOrganization(login: string): SecretStore
  addApp(app: NewApp): App
  addToken(token: string, credential: Credential): void
  queueRun(fullName: string): QueuedRun
}

/** What a GitHub stand-in can be told and asked from outside of its process. */
export function createCommands(github: Commanded): Commands {
  const find = ({ repository }: InRepository): Repository =>
    github.repository(repository)
  const findStore = (input: InStore): SecretStore =>
    github.store(
      'scope' in input ? input.scope : `repository:${input.repository}`,
    )
  return {
    'add-repository': ({ repository }: InRepository) => {
      github.addRepository(repository)
    },
    'add-environment': (input: InRepository & { name: string }) => {
      github.addEnvironment(find(input), input.name)
    },
    'add-organization': ({ login }: { login: string }) => {
      github.addOrganization(login)
    },
    /** The public key as PEM. */
    'add-app': (app: NewApp) => {
      github.addApp(app)
    },
    'add-token': ({ token, expiresAt, ...credential }: WrittenToken) => {
      github.addToken(token, {
        ...credential,
        ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
      })
    },
    'set-secret': (secret: InStore & { name: string; value: string }) => {
      findStore(secret).set(secret.name, secret.value)
    },
    'read-secret': (secret: InStore & { name: string }) =>
      findStore(secret).get(secret.name)?.value,
    'lag-secret-reads': (input: InStore & { count: number }) => {
      findStore(input).lagSecretReads(input.count)
    },
    'queue-run': ({ repository }: InRepository) =>
      github.queueRun(repository)(),
    ...createRunCommands(find),
    ...createGitCommands(find),
    'advance-clock': ({ seconds }: { seconds: number }) => {
      github.clock.advance(seconds * 1000)
    },
    'list-requests': () => github.requests,
    'list-minted-tokens': () => github.mintedTokens,
    'list-violations': () => github.violations,
  }
}

function createRunCommands(
  find: (input: InRepository) => Repository,
): Commands {
  const findRun = (input: OfRun): WorkflowRun => {
    const run = find(input).runs.all.get(input.id)
    if (run === undefined) throw new Error(`no run ${input.id}`)
    return run
  }
  return {
    'add-run': ({
      createdAt,
      ...input
    }: InRepository & { createdAt?: string }) =>
      describeRun(
        find(input).runs.addRun(
          createdAt === undefined ? {} : { createdAt: new Date(createdAt) },
        ),
      ),
    'complete-run': (input: OfRun) => {
      find(input).runs.completeRun(findRun(input))
    },
    rerun: (input: OfRun) => {
      const run = findRun(input)
      find(input).runs.rerun(run)
      return describeRun(run)
    },
  }
}

function createGitCommands(
  find: (input: InRepository) => Repository,
): Commands {
  return {
    /** Messages, the newest first. */
    'read-ref': (input: InRepository & { ref: string }) =>
      find(input)
        .git.history(input.ref)
        ?.map(({ message }) => message),
    'lag-ref-reads': (input: Counted) => {
      find(input).git.lagRefReads(input.count)
    },
    'protect-namespace': (
      input: InRepository & { prefix: string; status?: 422 | 403 },
    ) => {
      find(input).git.protectNamespace(input.prefix, input.status)
    },
  }
}

function describeRun({ id, attempt }: WorkflowRun): object {
  return { id, attempt }
}
