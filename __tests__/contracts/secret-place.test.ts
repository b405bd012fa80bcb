import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import {
  canonicalStore,
  parsePlace,
  type Place,
} from '../../src/github/places.ts'
import { openPlaces } from '../../src/github/secrets.ts'
import {
  hasAudience,
  requiredPermission,
} from '../../src/github/store-facts.ts'
import type { SealedSecret, SecretPlace } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/secret-value.ts'
import { openApi, placesOptions } from '../support/github-api.ts'
import { GitHubStandIn, type Credential } from '../support/github/stand-in.ts'
import { InMemoryStore, refusal } from '../support/in-memory.ts'

/** A store of secrets as the suite sees it, whatever it is made of. */
interface Subject {
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

async function onGitHub(prefix: string): Promise<Subject> {
  const github = new GitHubStandIn()
  await github.start()
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
  const api = openApi(github.url, dispatcher)
  return {
    open: (name) =>
      openPlaces(at(prefix + name), [], placesOptions(api)).refreshTokenPlace,
    valueOf: (name) => store.get(name)?.value,
    names: () => [...store.secrets.keys()],
    set(name, value) {
      store.set(
        name,
        value,
        hasAudience(at(prefix + name))
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

async function inMemory(): Promise<Subject> {
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

describe.each<[string, () => Promise<Subject>]>([
  ['in memory', inMemory],
  ...[
    '',
    'environment:pre prod/',
    'repository:acme/api/',
    'organization:acme/',
    'dependabot/',
    'organization:acme/dependabot/',
    'codespaces/',
    'organization:acme/codespaces/',
    'user/codespaces/',
    'repository:acme/api/agents/',
    'organization:acme/agents/',
  ].map((prefix): [string, () => Promise<Subject>] => [
    `${prefix}RT`,
    () => onGitHub(prefix),
  ]),
])('a secret place: %s', (_, create) => {
  let subject: Subject

  beforeEach(async () => {
    subject = await create()
    subject.set('RT', 'old')
  })

  afterEach(() => subject.close())

  const mayRepeat = (): Promise<boolean> => Promise.resolve(true)
  const value = new SecretValue('new value \u00fc/+=')

  test('says that a secret is missing, or when it was written', async () => {
    expect(await subject.open('NO_SUCH').inspect()).toBe('missing')
    const metadata = await subject.open('RT').inspect()
    expect(metadata).toMatchObject({
      updatedAt: expect.any(Date),
      readAt: expect.any(Date),
    })
    expect(await subject.open('RT').inspectOnce()).toEqual(metadata)
  })

  test('proves write access and leaves nothing behind', async () => {
    const place = subject.open('RT')
    await place.prepare()
    await place.probe()
    await place.probe()
    await place.removeProbe()
    // Another run may have been faster.
    await place.removeProbe()
    expect(subject.names()).toEqual(['RT'])
    expect(subject.valueOf('RT')).toBe('old')
  })

  test('stores exactly what was sealed', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const audience = subject.audienceOf('RT')
    const sealed = place.seal(value)
    expect(await place.write(sealed, mayRepeat)).toEqual({
      kind: 'written',
      isNew: false,
      at: expect.any(Date),
    })
    expect(subject.valueOf('RT')).toBe(value.reveal())
    // What was sealed may be written down and written again.
    expect(
      await place.write(
        JSON.parse(JSON.stringify(sealed)) as SealedSecret,
        mayRepeat,
      ),
    ).toMatchObject({ kind: 'written' })
    expect(subject.audienceOf('RT')).toEqual(audience)
  })

  test('shows later that it was written', async () => {
    const place = subject.open('RT')
    const before = await place.inspect()
    await place.prepare()
    await place.write(place.seal(value), mayRepeat)
    const after = await place.inspect()
    if (before === 'missing' || after === 'missing') throw new Error('missing')
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(
      before.updatedAt.getTime(),
    )
  })

  test('tells a key that has changed, and goes on with the new one', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const sealed = place.seal(value)
    subject.rotateKey()
    expect((await place.write(sealed, mayRepeat)).kind).toBe('key-refused')
    expect(subject.valueOf('RT')).toBe('old')
    await place.renewKey()
    expect(await place.write(place.seal(value), mayRepeat)).toMatchObject({
      kind: 'written',
    })
  })

  test('refuses to seal before it has a key', () => {
    expect(() => subject.open('RT').seal(value)).toThrow()
  })

  test('says what is missing when access is refused', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const sealed = place.seal(value)
    subject.forbid()
    const expected = {
      code: 'PERMISSION_MISSING',
      credentialState: 'unchanged',
    }
    await expect(place.inspect()).rejects.toMatchObject(expected)
    await expect(place.probe()).rejects.toMatchObject(expected)
    await expect(subject.open('RT').prepare()).rejects.toMatchObject(expected)
    expect(await place.write(sealed, mayRepeat)).toMatchObject({
      kind: 'refused',
      failure: { code: 'PERMISSION_MISSING' },
    })
    expect(subject.valueOf('RT')).toBe('old')
  })

  test('tells a person how to write it by hand', () => {
    expect(subject.open('RT').replaceCommand).toContain('set RT')
  })
})
