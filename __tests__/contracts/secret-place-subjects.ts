import { expect } from '@jest/globals'
import { Agent } from 'undici'

import {
  namedStores,
  canonicalStore,
  parsePlace,
  type Place,
} from '../../src/github/places.ts'
import {
  hasVisibility,
  requiredPermission,
} from '../../src/github/store-facts.ts'
import type { SecretPlace } from '../../src/rotation/ports.ts'
import { openApi, openAll } from '../support/github-api.ts'
import { GitHubStandIn, type Credential } from '../support/github/stand-in.ts'
import { InMemoryStore, refusal } from '../support/in-memory.ts'

/** A store of secrets as the suite sees it, whatever it is made of. */
export interface Subject {
  open(name: string): SecretPlace
  valueOf(name: string): string | undefined
  names(): string[]
  set(name: string, value: string): void
  /** Repositories that may read the secret, where that can be said. */
  audienceOf(name: string): readonly number[]
  rotateKey(): void
  /** From now on writing is refused. */
  forbid(): void
  close(): Promise<void>
}

/** What stands before the places of each store of the stand-in. */
export const prefixes = [
  '',
  'environment:pre prod/',
  'repository:acme/api/',
  'organization:acme/',
  'user/codespaces/',
  ...namedStores.flatMap((store) => [
    `repository:acme/api/${store}/`,
    `organization:acme/${store}/`,
  ]),
]

/** Something between the adapter and the stand-in. */
export interface Between {
  /** Where it expects the stand-in. */
  readonly port: number
  readonly url: string
}

export async function onGitHub(
  prefix: string,
  between?: Between,
): Promise<Subject> {
  const github = new GitHubStandIn()
  await github.start(between?.port)
  const repository = github.addRepository('acme/web')
  github.addEnvironment(repository, 'pre prod')
  github.addRepository('acme/api')
  github.addOrganization('acme')
  const at = (path: string): Place => {
    const place = parsePlace(path, { owner: 'acme', repository: 'web' })
    if (typeof place === 'string') throw new Error(place)
    return place
  }
  const store = github.store(canonicalStore(at(`${prefix}RT`)))
  const credential: Credential = {
    kind: 'fine-grained',
    permissions: { [requiredPermission(at(`${prefix}RT`)).key]: 'write' },
    repositories: ['acme/web', 'acme/api'],
    organizations: ['acme'],
  }
  github.addToken('token', credential)
  const dispatcher = new Agent()
  const api = openApi(between?.url ?? github.url, dispatcher)
  return {
    open: (name) => openAll(api, at(prefix + name)).refreshTokenPlace,
    valueOf: (name) => store.get(name)?.value,
    names: () => [...store.secrets.keys()],
    set(name, value) {
      store.set(
        name,
        value,
        hasVisibility(at(prefix + name))
          ? { visibility: 'selected', selected_repository_ids: [repository.id] }
          : {},
      )
    },
    audienceOf: (name) => [...(store.get(name)?.selectedRepositoryIds ?? [])],
    rotateKey() {
      store.rotateKey()
    },
    forbid() {
      github.addToken('token', { ...credential, permissions: {} })
    },
    async close() {
      await dispatcher.destroy()
      await github.close()
      expect(github.violations).toEqual([])
    },
  }
}

export async function inMemory(): Promise<Subject> {
  const store = new InMemoryStore()
  return {
    open: (name) => store.open(name),
    valueOf: (name) => store.values.get(name),
    names: () => [...store.values.keys()],
    set(name, value) {
      store.set(name, value)
    },
    audienceOf: () => [],
    rotateKey() {
      store.keyId += 1
    },
    forbid() {
      for (const call of [
        'prepare RT',
        'probe store',
        'write RT',
        'inspect RT',
      ]) {
        store.refusals.set(call, refusal)
      }
    },
    close: async () => undefined,
  }
}
