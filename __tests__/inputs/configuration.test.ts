import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import {
  readConfiguration,
  type Configuration,
} from '../../src/inputs/configuration.ts'
import type { Environment } from '../../src/inputs/environment.ts'
import type { RotationError } from '../../src/rotation/outcome/errors.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const trigger = {
  eventName: 'schedule',
  actor: 'octocat',
  repository: 'acme/web',
  payload: {},
}

const own = { api: 'https://api.github.com', web: 'https://github.com' }

const complete = {
  'refresh-token': 'the-refresh-token',
  'refresh-token-secret': 'REFRESH_TOKEN',
  'token-endpoint': 'https://as.example/token',
  'client-id': 'me',
  'client-secret': 'the-client-secret',
  'github-token': 'the-github-token',
  'app-client-id': '',
  'app-private-key': '',
  'github-api-url': 'https://api.github.com',
  'dry-run': 'false',
  'minimum-validity': '15m',
  force: 'false',
  'record-token': 'the-job-token',
  escrow: 'true',
  'rotation-class': 'strict',
  verify: 'none',
  fallback: 'none',
  'on-skip': 'succeed',
  'job-status': 'success',
  'minimum-tls-version': '1.2',
}

let printed: string
let environment: Environment
const write = process.stdout.write.bind(process.stdout)

beforeEach(() => {
  environment = {}
  printed = ''
  process.stdout.write = (chunk) => {
    printed += String(chunk)
    return true
  }
})

afterEach(() => {
  process.stdout.write = write
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('INPUT_')) Reflect.deleteProperty(process.env, name)
  }
})

function read(
  changes: Record<string, string> = {},
  by: Partial<typeof trigger> = {},
): Configuration {
  for (const [name, value] of Object.entries({ ...complete, ...changes })) {
    process.env[`INPUT_${name.toUpperCase()}`] = value
  }
  return readConfiguration(
    { ...trigger, ...by },
    own,
    environment,
    new HeldSecrets(),
  )
}

function refused(
  changes: Record<string, string>,
  by: Partial<typeof trigger> = {},
): RotationError {
  try {
    read(changes, by)
  } catch (thrown) {
    return thrown as RotationError
  }
  throw new Error('not refused')
}

describe('a complete configuration', () => {
  test('is read', () => {
    const configuration = read()
    expect(configuration).toMatchObject({
      authorizationServer: {
        client: { id: 'me' },
        tokenEndpoint: new URL('https://as.example/token'),
      },
      places: {
        refreshTokenPlace: {
          holder: { kind: 'repository', owner: 'acme' },
          store: 'actions',
          name: 'REFRESH_TOKEN',
        },
        accessTokenPlaces: [],
      },
      github: { apiUrl: new URL('https://api.github.com') },
      policy: { isDryRun: false },
      notices: [],
    })
    expect(configuration.tokens.refreshToken.reveal()).toBe('the-refresh-token')
    expect(configuration.authorizationServer.client.secret?.reveal()).toBe(
      'the-client-secret',
    )
    expect(configuration.github.authorization).toEqual({
      kind: 'token',
      token: new SecretValue('the-github-token'),
    })
    expect(Object.isFrozen(configuration)).toBe(true)
  })

  test('has its secrets masked, even when something is wrong', () => {
    refused({ 'dry-run': 'perhaps' })
    for (const secret of [
      'refresh-token',
      'client-secret',
      'github-token',
      'job-token',
    ]) {
      expect(printed).toContain(`::add-mask::the-${secret}`)
    }
  })

  test('may leave the client secret out', () => {
    const { client } = read({ 'client-secret': '' }).authorizationServer
    expect(client).toEqual({ id: 'me' })
  })

  test('may name the issuer only', () => {
    const { issuer, tokenEndpoint } = read({
      issuer: 'https://as.example/tenant',
      'token-endpoint': '',
    }).authorizationServer
    expect(issuer).toEqual(new URL('https://as.example/tenant'))
    expect(tokenEndpoint).toBeUndefined()
  })

  test.each(['true', 'True', 'TRUE'])('takes %s for true', (text) => {
    expect(read({ 'dry-run': text }).policy.isDryRun).toBe(true)
  })

  test('tells that white space around the refresh token was left out', () => {
    const configuration = read({ 'refresh-token': ' the-refresh-token\n' })
    expect(configuration.tokens.refreshToken.reveal()).toBe('the-refresh-token')
    expect(configuration.notices).toHaveLength(1)
  })

  test.each(['refresh-token', 'access-token'] as const)(
    'may have white space inside the %s, and warns of it',
    (name) => {
      for (const token of ['one two', 'one\ttwo', 'one\ntwo', 'one\u00a0two']) {
        const { tokens, notices, warnings } = read({ [name]: token })
        const kept =
          name === 'refresh-token'
            ? tokens.refreshToken
            : tokens.storedAccessToken
        expect(kept?.reveal()).toBe(token)
        expect(notices).toEqual([])
        expect(warnings).toEqual([
          expect.stringContaining(`'${name}' contains white space`),
        ])
      }
    },
  )

  test('may have any other character in a token', () => {
    const token = 't\u00f6k\u0113n-\u{1f511}"&%'
    const { tokens, warnings } = read({ 'refresh-token': token })
    expect(tokens.refreshToken.reveal()).toBe(token)
    expect(warnings).toEqual([])
  })

  test('may have several places and parameters, one a line', () => {
    const configuration = read({
      'access-token-secrets': '\n  AT\n\nenvironment:production/AT\n',
      'token-request-parameters':
        'redirect_uri=https://me.example/?a=b\nempty=',
      scope: 'read write',
    })
    expect(configuration.places.accessTokenPlaces).toHaveLength(2)
    expect(configuration.authorizationServer.tokenRequestParameters).toEqual([
      ['redirect_uri', 'https://me.example/?a=b'],
      ['empty', ''],
    ])
    expect(configuration.authorizationServer.scope).toBe('read write')
  })
})

describe('the record', () => {
  test('is named after the secret, differently for each scope', () => {
    const ids = ['REFRESH_TOKEN', 'environment:x/REFRESH_TOKEN'].map(
      (place) => read({ 'refresh-token-secret': place }).record?.id,
    )
    expect(ids[0]).toMatch(/^refresh-token-[0-9a-f]{8}$/)
    expect(ids[1]).toMatch(/^refresh-token-[0-9a-f]{8}$/)
    expect(ids[0]).not.toBe(ids[1])
    const spelled = read({
      'refresh-token-secret': 'repository:Acme/Web/Refresh_Token',
    })
    expect(spelled.record?.id).toBe(ids[0])
  })

  test('has a name that fits, however long that of the secret is', () => {
    const { record } = read({ 'refresh-token-secret': 'A'.repeat(200) })
    expect(record?.id).toMatch(/^a{55}-[0-9a-f]{8}$/)
  })

  test('is where it is told to be', () => {
    expect(read({ record: 'mine' }).record).toMatchObject({
      owner: 'acme',
      repository: 'web',
      id: 'mine',
    })
    expect(read({ record: 'other/place.x#mine' }).record).toMatchObject({
      owner: 'other',
      repository: 'place.x',
      id: 'mine',
    })
    expect(read({ record: 'none', 'record-token': '' }).record).toBeUndefined()
  })
})

describe('a person', () => {
  test.each([
    ['true', 'workflow_dispatch', true],
    ['true', 'schedule', false],
    ['false', 'workflow_dispatch', false],
  ])('force %s on %s: %p', (force, eventName, isByPerson) => {
    expect(read({ force }, { eventName }).policy.isByPerson).toBe(isByPerson)
  })
})

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['1d', 86_400],
])('minimum-validity %s is %i seconds', (text, seconds) => {
  expect(read({ 'minimum-validity': text }).tokens.minimumValiditySeconds).toBe(
    seconds,
  )
})

test('nothing to fall back on yet is told', () => {
  expect(read({ fallback: 'stored-access-token' }).notices).toEqual([
    expect.stringContaining('nothing to fall back on yet'),
  ])
})

describe('refused', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'an empty refresh token',
      { 'refresh-token': '' },
      "'refresh-token' is empty",
    ],
    ['a blank one', { 'refresh-token': ' \n ' }, "'refresh-token' is empty"],
    ['one that is too large', { 'refresh-token': 'x'.repeat(49_153) }, '48 KB'],
    [
      'no place',
      { 'refresh-token-secret': '' },
      "'refresh-token-secret' is empty",
    ],
    [
      'a bad place',
      { 'refresh-token-secret': 'MY-TOKEN' },
      "'MY-TOKEN' has a secret name",
    ],
    [
      'a reserved name',
      { 'refresh-token-secret': 'GITHUB_X' },
      'begins with GITHUB_',
    ],
    [
      'a bad second place',
      { 'access-token-secrets': 'AT\n2AT' },
      "'2AT' has a secret name",
    ],
    [
      'the same place twice',
      { 'access-token-secrets': 'AT\nrepository:Acme/Web/at' },
      "'repository:Acme/Web/at' is the same secret as 'AT'",
    ],
    [
      'the refresh token among the access tokens',
      { 'access-token-secrets': 'refresh_token' },
      "'refresh_token' is the same secret as 'refresh-token-secret'",
    ],
    [
      'no endpoint',
      { 'token-endpoint': '' },
      "'token-endpoint' or 'issuer' must be set",
    ],
    [
      'an endpoint without TLS',
      { 'token-endpoint': 'http://as.example' },
      'secrets are sent over https: only',
    ],
    [
      'a bad URL',
      { issuer: 'as.example' },
      "'issuer' is not a URL: 'as.example'",
    ],
    [
      'a bad API URL',
      { 'github-api-url': 'ftp://x' },
      "'github-api-url' is not an https: URL",
    ],
    ['no client', { 'client-id': '' }, "'client-id' is empty"],
    ['an unknown method', { 'client-auth-method': 'basic' }, "not 'basic'"],
    [
      'a method without its secret',
      { 'client-auth-method': 'client_secret_post', 'client-secret': '' },
      "'client-secret' is empty",
    ],
    [
      'a secret without a method',
      { 'client-auth-method': 'none' },
      'remove one of them',
    ],
    ['no GitHub token', { 'github-token': '' }, "'github-token' is empty"],
    [
      'a boolean that is none',
      { 'dry-run': 'yes' },
      "'dry-run' must be true or false, not 'yes'",
    ],
    ['a scope with two spaces', { scope: 'a  b' }, "'scope' must be"],
    [
      'a parameter without a value',
      { 'token-request-parameters': 'x' },
      "'x' is not of the form",
    ],
    [
      'a reserved parameter',
      { 'token-request-parameters': 'grant_type=x' },
      'must not set grant_type',
    ],
    [
      'a parameter twice',
      { 'token-request-parameters': 'a=1\na=2' },
      "'a' twice",
    ],
    [
      'the refresh token as the access token',
      { 'access-token': 'the-refresh-token' },
      "'access-token' is the same as 'refresh-token'",
    ],
    [
      'a duration without its unit',
      { 'minimum-validity': '15' },
      "'minimum-validity' must be a whole number followed by s, m, h or d, such as 15m, not '15'",
    ],
    ['a negative duration', { 'minimum-validity': '-1m' }, "not '-1m'"],
    ['a duration in parts', { 'minimum-validity': '1.5h' }, "not '1.5h'"],
    ['a force that is none', { force: '1' }, "'force' must be true or false"],
    [
      'an escrow that is none',
      { escrow: 'no' },
      "'escrow' must be true or false",
    ],
    [
      'an unknown class',
      { 'rotation-class': 'loose' },
      "'rotation-class' must be one of strict, grace, confirm-on-use, non-rotating, not 'loose'",
    ],
    [
      'grace without its length',
      { 'rotation-class': 'grace' },
      "'grace-seconds' must be a whole number from 1 to 2592000",
    ],
    [
      'no grace at all',
      { 'rotation-class': 'grace', 'grace-seconds': '0' },
      "'grace-seconds' must be a whole number",
    ],
    [
      'a length without grace',
      { 'grace-seconds': '60' },
      "'grace-seconds' can only be used with 'rotation-class: grace'",
    ],
    [
      'an unknown check',
      { verify: 'whoami' },
      "'verify' must be none, introspection, userinfo or a URL; 'whoami' is not a URL",
    ],
    [
      'a check without TLS',
      { verify: 'http://api.example/me' },
      'secrets are sent over https: only',
    ],
    [
      'introspection without an endpoint',
      { verify: 'introspection' },
      "'introspection-endpoint' must be set",
    ],
    [
      'an unknown fallback',
      { fallback: 'client_credentials' },
      "'fallback' must be one of none, stored-access-token, client-credentials",
    ],
    ['an unknown skip', { 'on-skip': 'warn' }, "'on-skip' must be one of"],
    [
      'an unknown status',
      { 'job-status': 'ok' },
      "'job-status' must be one of",
    ],
    [
      'a record in capitals',
      { record: 'My-Record' },
      "'record' must be an id of 1 to 64 lower-case letters, digits and -",
    ],
    [
      'a record whose repository is a path',
      { record: 'acme/..#id' },
      "'record' must be an id",
    ],
    [
      'a record without its id',
      { record: 'acme/web#' },
      "'record' must be an id",
    ],
    [
      'a record without its owner',
      { record: 'web#id' },
      "'record' must be an id",
    ],
    ['a record that is too long', { record: 'x'.repeat(65) }, 'of 1 to 64'],
    ['no record token', { 'record-token': '' }, "'record-token' is empty"],
  ])('%s', (_, changes, problem) => {
    const error = refused(changes)
    expect(error.what).toContain(problem)
    expect(error).toMatchObject({
      code: 'CONFIGURATION_INVALID',
      credentialState: 'unchanged',
    })
    expect(error.message).toContain('Nothing was sent.')
  })

  test('all at once, in one error', () => {
    const { what } = refused({
      'refresh-token': '',
      'client-id': '',
      'token-endpoint': '',
      'refresh-token-secret': '1',
      'github-token': '',
      'dry-run': 'maybe',
    })
    expect(what).toMatch(/^6 things are wrong:\n- /)
    expect(what.split('\n- ')).toHaveLength(7)
  })

  test('a run outside of GitHub', () => {
    expect(refused({}, { repository: '' }).what).toContain('GITHUB_REPOSITORY')
  })

  test('a run that strangers can start, whatever the inputs', () => {
    const error = refused({ 'refresh-token': '' }, { actor: 'dependabot[bot]' })
    expect(error.code).toBe('TRIGGER_REFUSED')
    expect(error.what).toContain('Dependabot')
    expect(error.what).toContain('GitHub withholds secrets from such runs')
  })
})

describe('a secret of one or two characters', () => {
  test.each([
    ['client-secret', 'x'],
    ['client-secret', 'xy'],
    ['refresh-token', ' x\n'],
  ])('is not masked, and %s is warned of', (name, secret) => {
    const { warnings } = read({ [name]: secret })
    expect(printed).not.toMatch(/::add-mask::\s*xy?\s*$/m)
    expect(warnings).toEqual([
      expect.stringMatching(`^'${name}' has only one or two characters`),
    ])
  })

  test('of three is masked', () => {
    expect(read({ 'client-secret': 'xyz' }).warnings).toEqual([])
    expect(printed).toMatch(/^::add-mask::xyz$/m)
  })

  test('in the wrong input is not repeated', () => {
    const { message } = refused({ 'client-secret': 'xy', 'dry-run': 'xy' })
    expect(message).toContain("'dry-run' must be true or false")
    expect(message).not.toContain('xy')
  })
})

test('the braces of a key on several lines are not masked', () => {
  refused({ 'client-private-key': '{\n  "d": "the-private-part"\n}' })
  expect(printed).toMatch(/^::add-mask::"d": "the-private-part"$/m)
  expect(printed).not.toMatch(/::add-mask::.*[{}]/)
})

describe('a token that its provider takes in a header', () => {
  const gitlab = {
    provider: 'gitlab-pat',
    'token-endpoint': '',
    'client-id': '',
    'client-secret': '',
  }

  test.each(['one\ntwo', 'one\rtwo', 't\u00f6ken', 'a\u007fb'])(
    'is refused with a character that a header cannot carry: %j',
    (token) => {
      const { what } = refused({ ...gitlab, 'refresh-token': token })
      expect(what).toContain("'refresh-token' has characters that a header")
    },
  )

  test('may have spaces and tabs', () => {
    const { tokens } = read({ ...gitlab, 'refresh-token': 'one two\tthree' })
    expect(tokens.refreshToken.reveal()).toBe('one two\tthree')
  })
})

test('a secret in the wrong input is not repeated', () => {
  const secret = complete['refresh-token']
  const { message } = refused({
    'refresh-token-secret': `x ${secret}`,
    'access-token-secrets': `${secret}!`,
    'token-request-parameters': secret,
    'client-auth-method': secret,
    issuer: secret,
    'dry-run': secret,
  })
  expect(message).toMatch(/^6 things are wrong/)
  expect(message).not.toContain(secret)
})
