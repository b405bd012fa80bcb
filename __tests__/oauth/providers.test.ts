import { describe, expect, test } from '@jest/globals'

import {
  closestProviders,
  findProvider,
  providers,
  resolveProvider,
  type ResolvedProvider,
} from '../../src/oauth/known-providers.ts'
import { buildProvidersPage } from '../../scripts/generate-providers-page.ts'
import { read } from '../project/files.ts'

/** What was found about a provider, and where; see `sources`. */
interface Facts {
  readonly id: string
  readonly class: string
  /** Placeholders may have other names here. */
  readonly tokenEndpoints?: readonly string[]
  readonly issuer?: string
  readonly clientAuthMethods: readonly string[]
  readonly format?: string
  readonly graceSeconds?: number
  readonly idleSeconds?: number
  readonly absoluteSeconds?: number
  readonly sources: readonly string[]
}

const facts = JSON.parse(
  read('__tests__/oauth/providers-facts.json'),
) as readonly Facts[]

const urlNames = [
  'tokenEndpoint',
  'issuer',
  'introspectionEndpoint',
  'userinfoEndpoint',
  'whoAmI',
] as const

function factsOf(id: string): Facts {
  const found = facts.find((one) => one.id === id)
  if (found === undefined) throw new Error(`no facts for ${id}`)
  return found
}

function resolve(
  id: string,
  parameters: Readonly<Record<string, string>> = {},
): ResolvedProvider | string[] {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id}`)
  return resolveProvider(provider, new Map(Object.entries(parameters)))
}

describe('the table', () => {
  test('holds everyone of whom enough is known, in order', () => {
    expect(providers.map(({ id }) => id)).toEqual(facts.map(({ id }) => id))
    expect(providers.length).toBeGreaterThanOrEqual(55)
  })

  test('has ids that can be typed', () => {
    for (const { id } of providers)
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
  })

  test.each(providers.map((provider) => [provider.id, provider] as const))(
    '%s agrees with what was found',
    (id, provider) => {
      const known = factsOf(id)
      expect(known.sources).not.toEqual([])
      expect(provider.rotationClass).toBe(known.class)
      expect(provider.clientAuthMethods.toSorted()).toEqual(
        known.clientAuthMethods.toSorted(),
      )
      expect(provider.refreshTokenIdleSeconds).toBe(known.idleSeconds)
      expect(provider.refreshTokenAbsoluteSeconds).toBe(known.absoluteSeconds)
      expect(provider.request?.format ?? 'form').toBe(known.format ?? 'form')
    },
  )

  test.each(providers.map((provider) => [provider.id, provider] as const))(
    '%s has addresses that are whole once they are filled in',
    (id, provider) => {
      const examples = Object.entries(provider.placeholders ?? {}).map(
        ([name, { example }]) => [name, example] as const,
      )
      const resolved = resolveProvider(provider, new Map(examples))
      if (Array.isArray(resolved)) throw new Error(resolved.join(' '))
      for (const name of urlNames) {
        expect(resolved[name] === undefined).toBe(provider[name] === undefined)
        if (resolved[name] === undefined) continue
        expect(resolved[name].protocol).toBe('https:')
        expect(resolved[name].href).not.toMatch(/[{}]|%7[bd]/i)
      }
      const { tokenEndpoints = [], issuer } = factsOf(id)
      expect(provider.issuer).toBe(issuer)
      const isFound = tokenEndpoints.some((template) =>
        patternOf(template).test(resolved.tokenEndpoint?.href ?? ''),
      )
      expect(isFound || issuer !== undefined).toBe(true)
    },
  )

  test('asks for no placeholder that is not used, and uses none besides', () => {
    for (const provider of providers) {
      const used = urlNames.flatMap((name) =>
        [...(provider[name] ?? '').matchAll(/\{(\w+)\}/g)].map(
          ([, one]) => one,
        ),
      )
      expect([provider.id, ...new Set(used)].toSorted()).toEqual(
        [provider.id, ...Object.keys(provider.placeholders ?? {})].toSorted(),
      )
    }
  })

  test('has examples and defaults that pass', () => {
    for (const { id, placeholders = {} } of providers) {
      for (const placeholder of Object.values(placeholders)) {
        expect(placeholder.description).not.toBe('')
        expect([id, placeholder.example]).not.toEqual([id, ''])
      }
    }
  })

  test('has a grace period with that class only, and stays well inside', () => {
    for (const { id, rotationClass, graceSeconds } of providers) {
      const told = factsOf(id).graceSeconds
      expect([id, graceSeconds === undefined]).toEqual([
        id,
        rotationClass !== 'grace',
      ])
      if (graceSeconds === undefined || told === undefined) continue
      expect(graceSeconds).toBe(Math.min(told - 10, told * 0.9))
    }
  })

  test('points to documentation over https', () => {
    for (const { documentation } of providers) {
      expect(new URL(documentation).protocol).toBe('https:')
    }
  })

  test('is what the page about it says', async () => {
    expect(read('.github/PROVIDERS.md')).toBe(await buildProvidersPage())
  })
})

/** A host may be longer than what was found: a region, a custom domain. */
function patternOf(template: string): RegExp {
  const escaped = template
    .replaceAll(/[.?*+^$|()[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\{\w+\}/g, '[^/]+')
  return new RegExp(`^${escaped}$`)
}

describe('filling in', () => {
  test('makes URLs of the parameters', () => {
    const resolved = resolve('keycloak', {
      host: 'sso.example.com:8443/auth',
      realm: 'acme',
    }) as ResolvedProvider
    expect(resolved.tokenEndpoint?.href).toBe(
      'https://sso.example.com:8443/auth/realms/acme/protocol/openid-connect/token',
    )
    expect(resolved.provider.id).toBe('keycloak')
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
