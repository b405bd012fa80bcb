import { describe, expect, test } from '@jest/globals'

import { generate } from '../../scripts/generate.ts'
import { readSources } from '../../scripts/read-providers.ts'
import { providers } from '../../src/oauth/known-providers.ts'
import {
  closestProviders,
  findProvider,
  resolveProvider,
  type ResolvedProvider,
} from '../../src/oauth/known-providers.ts'
import { find, read } from '../project/files.ts'

const urlNames = [
  'tokenEndpoint',
  'issuer',
  'introspectionEndpoint',
  'userinfoEndpoint',
  'whoAmI',
] as const

function resolve(
  id: string,
  parameters: Readonly<Record<string, string>> = {},
): ResolvedProvider | string[] {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  return resolveProvider(provider, new Map(Object.entries(parameters)))
}

const files = find('src/oauth/providers/*')

test('the folder holds providers and nothing else, by ids that can be typed', () => {
  expect(files.length).toBeGreaterThanOrEqual(55)
  for (const file of files) {
    expect(file).toMatch(/\/[a-z0-9]+(-[a-z0-9]+)*\.ts$/)
  }
})

test.each([...files, ...find('__tests__/oauth/vendor-shapes/*')])(
  '%s says when and where it was read',
  (file) => {
    const sources = [...readSources(read(file)).values()]
    expect(sources).not.toEqual([])
    for (const source of sources.flat()) {
      expect(source).toMatch(
        /^https:\/\/\S+( \(.+\))?$| (found|indexed) by the string /,
      )
    }
  },
)

test('the list and the page are what npm run generate makes of the folder', async () => {
  const made = await generate()
  expect(new Map([...made.keys()].map((file) => [file, read(file)]))).toEqual(
    made,
  )
})

describe.each([...providers])('%s', (_id, provider) => {
  const placeholders = Object.entries(provider.placeholders ?? {})

  test('has addresses that are whole once they are filled in', () => {
    const resolved = resolveProvider(
      provider,
      new Map(placeholders.map(([name, { example }]) => [name, example])),
    )
    if (Array.isArray(resolved)) throw new Error(resolved.join(' '))
    expect(resolved.tokenEndpoint ?? resolved.issuer).toBeDefined()
    for (const name of urlNames) {
      expect(resolved[name] === undefined).toBe(provider[name] === undefined)
      if (resolved[name] === undefined) continue
      expect(resolved[name].protocol).toBe('https:')
      expect(resolved[name].href).not.toMatch(/[{}]|%7[bd]/i)
    }
    expect(new URL(provider.documentation).protocol).toBe('https:')
  })

  test('asks for no placeholder that is not used, and uses none besides', () => {
    const used = urlNames.flatMap((name) =>
      [...(provider[name] ?? '').matchAll(/\{(\w+)\}/g)].map(([, one]) => one),
    )
    expect([...new Set(used)].toSorted()).toEqual(
      placeholders.map(([name]) => name).toSorted(),
    )
    for (const [, { description, example }] of placeholders) {
      expect(description).not.toBe('')
      expect(example).not.toBe('')
    }
  })

  test('has a grace period with that class, and with no other', () => {
    expect(provider.graceSeconds !== undefined).toBe(
      provider.rotationClass === 'grace',
    )
  })
})

describe('filling in', () => {
  test('makes URLs of the parameters', () => {
    const resolved = resolve('keycloak', {
      host: 'sso.example.com:8443/auth',
      realm: 'acme',
    }) as ResolvedProvider
    expect(resolved.tokenEndpoint?.href).toBe(
      'https://sso.example.com:8443/auth/realms/acme/protocol/openid-connect/token',
    )
    expect(resolved.provider).toBe(findProvider('keycloak'))
  })

  test('takes the default where there is one', () => {
    const { tokenEndpoint } = resolve('salesforce') as ResolvedProvider
    expect(tokenEndpoint?.host).toBe('login.salesforce.com')
  })

  test.each<[string, string, Record<string, string>, string[]]>([
    [
      'what is missing',
      'okta',
      {},
      ['domain is missing: the Okta domain, such as acme.okta.com.'],
    ],
    [
      'what is unknown',
      'okta',
      { domain: 'acme.okta.com', tenant: 'acme' },
      [
        'Okta (custom authorization server) takes domain, authServerId and nothing else.',
      ],
    ],
    ['what nobody asked for', 'xero', { host: 'x' }, ['Xero takes none.']],
    [
      'all of it at once',
      'keycloak',
      { realm: '..' },
      [
        'host is missing: the host of the server, with the path in front of /realms, such as sso.example.com.',
        'realm does not look like the realm, such as acme.',
      ],
    ],
  ])('says %s', (_what, id, parameters, problems) => {
    expect(resolve(id, parameters)).toEqual(problems)
  })

  test.each([
    ['another host', 'evil.example/'],
    ['another path', 'acme.okta.com/x'],
    ['a user name', 'me@evil.example'],
    ['a query', 'evil.example?'],
    ['a fragment', 'evil.example#'],
    ['an escape', 'evil.example%2f'],
    ['a backslash', String.raw`evil.example\ `],
    ['white space', 'acme .okta.com'],
    ['a line', 'acme.okta.com\nx'],
    ['nothing', ''],
    ['another alphabet', 'аcme.okta.com'],
    ['far too much', `${'a'.repeat(300)}.okta.com`],
    ['a port that is none', 'acme.okta.com:99999'],
  ])('does not take %s for a host', (_what, domain) => {
    expect(resolve('okta', { domain })).toHaveLength(1)
  })

  test.each(['..', '.', 'a/b', 'a?b', 'a%2fb', '.well-known', ''])(
    'does not take %p for a part of a path',
    (realm) => {
      expect(
        resolve('keycloak', { host: 'sso.example.com', realm }),
      ).toHaveLength(1)
    },
  )
})

describe('did you mean', () => {
  test.each([
    ['gitlab', 'gitlab-oauth'],
    ['githb', 'github-app-user'],
    ['jira', 'atlassian-3lo'],
    ['entra', 'microsoft-entra'],
    ['twiter', 'x-twitter'],
    ['KeyCloak', 'keycloak'],
    ['salesfroce', 'salesforce'],
    ['quickbooks', 'quickbooks-intuit'],
  ])('%s: %s', (id, near) => {
    expect(closestProviders(id)[0]).toBe(near)
  })

  test('has something to say to anything', () => {
    for (const id of ['', '-', 'x'.repeat(10_000), '💥', '__proto__']) {
      expect(closestProviders(id)).toHaveLength(3)
      expect(findProvider(id)).toBeUndefined()
    }
  })
})
