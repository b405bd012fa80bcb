import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import type { Api } from '../../src/github/api.ts'
import {
  AppCredential,
  InstallationCredential,
  revoke,
} from '../../src/github/app.ts'
import type { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { ClockSystem } from '../support/clock-system.ts'
import { FaultProxy } from '../support/fault-proxy.ts'
import { given, openApi, webUrl } from '../support/github-api.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { makeKeyPair } from '../support/key-pairs.ts'

const HOUR = 3_600_000

let github: GitHubStandIn
let proxy: FaultProxy
let dispatcher: Agent
let system: ClockSystem
let kept: SecretValue[]
let credential: InstallationCredential

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  proxy = new FaultProxy(github.url)
  await proxy.start()
  github.addRepository('acme/web').secrets.set('RT', 'value')
  const { privateKey, publicKey } = await makeKeyPair('RS256')
  github.addApp({
    clientId: 'the-app',
    publicKey,
    installations: [
      {
        account: 'acme',
        permissions: { secrets: 'write' },
        repositories: 'all',
      },
    ],
  })
  dispatcher = new Agent()
  system = new ClockSystem(github.clock)
  kept = []
  const key = { clientId: 'the-app', privateKey }
  const app = open(new AppCredential(key, webUrl, system))
  credential = new InstallationCredential(
    app,
    {
      account: 'acme',
      permissions: { secrets: 'write' },
      repositories: ['web'],
    },
    system,
    (token) => kept.push(token),
  )
})

afterEach(async () => {
  await dispatcher.destroy()
  await proxy.close()
  await github.close()
  expect(github.violations).toEqual([])
})

function open(as: Api['credential']): Api {
  return openApi(proxy.url, dispatcher, { credential: as, system })
}

function minted(): string[] {
  return github.mintedTokens.map(({ token }) => token)
}

describe('the token of an installation', () => {
  test('is minted once, whoever asks', async () => {
    const tokens = await Promise.all([
      credential.token(),
      credential.token(),
      credential.token(),
    ])
    tokens.push(await credential.token())
    expect(new Set(tokens.map((token) => token.reveal()))).toEqual(
      new Set(minted()),
    )
    expect(minted()).toHaveLength(1)
  })

  test('is made known before anybody uses it', async () => {
    await credential.token()
    expect(kept.map((token) => token.reveal())).toEqual(minted())
  })

  test('is minted again before its hour is over', async () => {
    const api = open(credential)
    const request = {
      route: 'GET /repos/{owner}/{repo}/actions/secrets/{secret_name}',
      parameters: { owner: 'acme', repo: 'web', secret_name: 'RT' },
      budgetMilliseconds: 0,
    } as const
    expect(await api.send(request)).toMatchObject({ status: 200 })
    github.clock.advance(HOUR - 6 * 60_000)
    expect(await api.send(request)).toMatchObject({ status: 200 })
    expect(minted()).toHaveLength(1)
    github.clock.advance(2 * 60_000)
    expect(await api.send(request)).toMatchObject({ status: 200 })
    expect(minted()).toHaveLength(2)
    github.clock.advance(2 * HOUR)
    expect(await api.send(request)).toMatchObject({ status: 200 })
    expect(kept).toHaveLength(3)
  })

  test('is asked for again after a failure', async () => {
    proxy.rules.push({
      path: /access_tokens/,
      times: 1,
      fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
    })
    await expect(credential.token()).rejects.toMatchObject({
      code: 'CREDENTIAL_REJECTED',
      credentialState: 'unchanged',
    })
    expect((await credential.token()).reveal()).toBe(minted()[0])
  })

  test('is waited for when GitHub wants that', async () => {
    proxy.rules.push({
      path: /access_tokens/,
      times: 2,
      fault: { kind: 'respond', status: 502 },
    })
    expect((await credential.token()).reveal()).toBe(minted()[0])
  })

  test('is none of those that an odd answer may hold', async () => {
    proxy.rules.push({
      path: /access_tokens/,
      fault: { kind: 'respond', status: 201, body: '{"token":17}' },
    })
    await expect(credential.token()).rejects.toMatchObject({
      code: 'GITHUB_UNAVAILABLE',
    })
    expect(kept).toEqual([])
  })
})

describe('revoking', () => {
  test('ends the token', async () => {
    const token = (await credential.token()).reveal()
    expect(await revoke(open(given(token)))).toBe(true)
    expect(github.mintedTokens[0]?.revokedAt).toBeDefined()
    // It is no failure that it has ended already.
    expect(await revoke(open(given(token)))).toBe(true)
  })

  test('says when it did not work', async () => {
    const token = (await credential.token()).reveal()
    proxy.rules.push({ fault: { kind: 'respond', status: 500 } })
    expect(await revoke(open(given(token)))).toBe(false)
  })
})
