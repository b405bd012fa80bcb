import { afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'

import { makeKeyPair, type KeyPair } from '../key-pairs.ts'
import { askWith, signJwt } from './app-asking.ts'
import { askerOf, type Ask, type Seen } from './asking.ts'
import { GitHubStandIn } from './stand-in.ts'

let key: KeyPair
let otherKey: KeyPair
let github: GitHubStandIn
let ask: Ask

beforeAll(async () => {
  key = await makeKeyPair('RS256')
  otherKey = await makeKeyPair('RS256')
})

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  github.addRepository('acme/web')
  for (const [clientId, { publicKey }] of [
    ['Iv23app', key],
    ['Iv23other', otherKey],
  ] as const) {
    github.addApp({
      clientId,
      publicKey,
      installations: [
        { account: 'acme', permissions: {}, repositories: 'all' },
      ],
    })
  }
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

const path = '/repos/acme/web/installation'

/** With the claims that are good, but for what is given. */
function jwt(
  changes: object = {},
  { privateKey } = key,
  header?: object,
): string {
  const now = Math.floor(github.clock.now().getTime() / 1000)
  const claims = { iss: 'Iv23app', iat: now - 60, exp: now + 540, ...changes }
  return signJwt(claims, privateKey, header)
}

function fromNow(seconds: number): number {
  return Math.floor(github.clock.now().getTime() / 1000) + seconds
}

function get(token: string): Promise<Seen> {
  return askWith(ask, token)('GET', path)
}

test('a good one is taken, to the limits of its times', async () => {
  expect((await get(jwt())).status).toBe(200)
  expect((await get(jwt({ exp: fromNow(600) }))).status).toBe(200)
  expect((await get(jwt({ iat: fromNow(0) }))).status).toBe(200)
})

const undecodable = 'A JSON web token could not be decoded'
const noFuture =
  "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
const tooFar = "'Expiration time' claim ('exp') is too far in the future"
const notIssued =
  "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"

test.each<[string, () => string, string]>([
  ['something else', () => 'x.y.z', undecodable],
  ['a personal token', () => 'github_pat_x', undecodable],
  ['one that is cut off', () => jwt().slice(0, -9), undecodable],
  ['no signature', () => jwt().replace(/[^.]+$/, ''), undecodable],
  ['a fourth part', () => `${jwt()}.x`, undecodable],
  ['the key of another App', () => jwt({}, otherKey), undecodable],
  ['another App', () => jwt({ iss: 'Iv23other' }), undecodable],
  ['another algorithm', () => jwt({}, key, { alg: 'PS256' }), undecodable],
  ['no algorithm', () => jwt({}, key, { alg: 'none' }), undecodable],
  ['no end', () => jwt({ exp: undefined }), noFuture],
  ['an end in words', () => jwt({ exp: 'tomorrow' }), noFuture],
  ['an end that has come', () => jwt({ exp: fromNow(0) }), noFuture],
  ['an end too far away', () => jwt({ exp: fromNow(602) }), tooFar],
  ['no beginning', () => jwt({ iat: undefined }), notIssued],
  ['a broken beginning', () => jwt({ iat: fromNow(-60) + 0.5 }), notIssued],
  ['a beginning to come', () => jwt({ iat: fromNow(2) }), notIssued],
])('401 to %s', async (_, make, message) => {
  expect(await get(make())).toMatchObject({ status: 401, body: { message } })
})

test('404 to an App that there is not', async () => {
  expect(await get(jwt({ iss: 'Iv23no' }))).toMatchObject({
    status: 404,
    body: { message: 'Integration not found' },
  })
})

test('401 to a JWT that is not presented as a bearer token', async () => {
  const authorization = `token ${jwt()}`
  const seen = await ask('GET', path, undefined, { authorization })
  expect(seen).toMatchObject({ status: 401, body: { message: undecodable } })
})

test('401 to one that is no longer good, by the clock of the stand-in', async () => {
  const token = jwt()
  github.clock.advance(541_000)
  expect(await get(token)).toMatchObject({
    status: 401,
    body: { message: noFuture },
  })
})

test('403 to an App that asks for what only its installations have', async () => {
  const withJwt = askWith(ask, jwt())
  const secrets = await withJwt('GET', '/repos/acme/web/actions/secrets')
  expect(secrets).toMatchObject({
    status: 403,
    body: { message: 'Resource not accessible by integration' },
  })
  expect((await withJwt('DELETE', '/installation/token')).status).toBe(403)
})

test('401 to a token that asks for what only an App may', async () => {
  github.addToken('token', {
    kind: 'installation',
    permissions: { metadata: 'read' },
    repositories: ['acme/web'],
  })
  expect(await get('token')).toMatchObject({
    status: 401,
    body: { message: undecodable },
  })
})
