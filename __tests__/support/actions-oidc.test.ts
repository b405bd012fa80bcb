import { describe, expect, test } from '@jest/globals'
import { request } from 'undici'

import { ActionsOidc } from './actions-oidc.ts'
import type { AuthorizationServer, Client } from './authorization-server.ts'
import {
  ca,
  refresh,
  refusal,
  running,
  start,
} from './authorization-server/scene.ts'
import { makeKeyPair } from './key-pairs.ts'

describe("a workflow's ID token", () => {
  const audience = 'https://auth.example'
  let oidc: ActionsOidc
  let server: AuthorizationServer
  let client: Client

  async function begin(): Promise<void> {
    oidc = new ActionsOidc()
    await oidc.start()
    running.push(oidc)
    client = {
      id: 'rotator-federated',
      secret: '',
      authMethod: 'github_oidc',
      federation: {
        issuer: oidc.issuer,
        subject: 'repo:acme/web:ref:refs/heads/main',
        audience,
      },
    }
    server = await start({ clients: [client], hasInteractions: true })
  }

  /** As `@actions/core` asks for it. */
  async function requestIdToken(wanted: string): Promise<string> {
    const { environment } = oidc
    const { body } = await request(
      `${environment.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(wanted)}`,
      {
        headers: {
          authorization: `Bearer ${environment.ACTIONS_ID_TOKEN_REQUEST_TOKEN}`,
        },
      },
    )
    return ((await body.json()) as { value: string }).value
  }

  test('authenticates a client, also one that logs in', async () => {
    await begin()
    const token = await server.loginByCode(client, { ca, requestIdToken })
    expect(
      await refresh(server, client, { token, requestIdToken }),
    ).toMatchObject({ status: 200 })
    expect(oidc.audiences).toEqual([audience, audience])
    expect(new Set(oidc.issued).size).toBe(2)
  })

  test('works once', async () => {
    await begin()
    const one = await oidc.issue(audience)
    const options = { requestIdToken: async () => one }
    expect(await refresh(server, client, options)).toMatchObject({
      status: 200,
    })
    expect(await refusal(server, refresh(server, client, options))).toMatch(
      /must only be used once/,
    )
  })

  test.each<[string, () => Promise<string>, RegExp]>([
    ['for another audience', () => oidc.issue('https://x.example'), /"aud"/],
    [
      'of another branch',
      async () => {
        oidc.claims = { sub: 'repo:acme/web:ref:refs/heads/other' }
        return oidc.issue(audience)
      },
      /"sub"/,
    ],
    [
      'of another issuer',
      async () => {
        oidc.claims = { iss: 'https://x.example' }
        return oidc.issue(audience)
      },
      /"iss"/,
    ],
    [
      'that has expired',
      async () => {
        oidc.claims = { exp: Math.floor(Date.now() / 1000) - 60 }
        return oidc.issue(audience)
      },
      /"exp"/,
    ],
    [
      'that somebody else has signed',
      async () => oidc.issue(audience, await makeKeyPair('RS256')),
      /signature/,
    ],
  ])('is refused: %s', async (_, make, reason) => {
    await begin()
    const token = await make()
    expect(
      await refusal(
        server,
        refresh(server, client, { requestIdToken: async () => token }),
      ),
    ).toMatch(reason)
  })

  test('is not given to whom the runner does not know', async () => {
    await begin()
    const { statusCode, body } = await request(
      oidc.environment.ACTIONS_ID_TOKEN_REQUEST_URL,
    )
    await body.dump()
    expect(statusCode).toBe(401)
  })
})
