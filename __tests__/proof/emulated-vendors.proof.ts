import { createEmulator } from 'emulate'

import { expect, test } from '@jest/globals'

import { clients } from '../support/authorization-server.ts'
import { World } from '../support/world.ts'

/** What somebody else has read out of the vendor's documentation. */
interface Vendor {
  readonly service: 'okta' | 'microsoft' | 'google' | 'linear'
  readonly provider: string
  readonly seed: object
  readonly client: { readonly id: string; readonly secret: string }
  readonly authorize: string
  readonly token: string
  readonly parameters?: Readonly<Record<string, string>>
  readonly inputs?: Readonly<Record<string, string>>
  readonly isRotating: boolean
}

const REDIRECT_URI = 'http://localhost:3000/callback'
const client = { id: 'the-client-id', secret: 'the-client-secret-0123456789' }
const registration = {
  client_id: client.id,
  client_secret: client.secret,
  name: 'Rotate Token',
  redirect_uris: [REDIRECT_URI],
}

const vendors: readonly Vendor[] = [
  {
    service: 'okta',
    provider: 'okta',
    seed: {
      oauth_clients: [{ ...registration, auth_server_id: 'default' }],
      authorization_servers: [
        { id: 'default', name: 'default', audiences: ['api://default'] },
      ],
    },
    client,
    authorize: '/oauth2/default/v1/authorize',
    token: '/oauth2/default/v1/token',
    inputs: { 'provider-parameters': 'domain=acme.okta.com' },
    isRotating: true,
  },
  {
    service: 'microsoft',
    provider: 'microsoft-entra',
    seed: { oauth_clients: [registration] },
    client,
    authorize: '/oauth2/v2.0/authorize',
    token: '/oauth2/v2.0/token',
    inputs: { 'provider-parameters': 'tenant=acme.onmicrosoft.com' },
    isRotating: true,
  },
  {
    service: 'google',
    provider: 'google',
    seed: { oauth_clients: [registration] },
    client,
    authorize: '/o/oauth2/v2/auth',
    token: '/oauth2/token',
    parameters: { access_type: 'offline' },
    isRotating: false,
  },
  {
    service: 'linear',
    provider: 'linear',
    seed: {
      oauth_apps: [{ ...registration, scopes: ['read'], actor: 'user' }],
    },
    client,
    authorize: '/oauth/authorize',
    token: '/oauth/token',
    parameters: { scope: 'read' },
    isRotating: true,
  },
]

test.each(vendors.map((vendor) => [vendor.provider, vendor] as const))(
  '%s',
  async (_, vendor) => {
    const emulator = await createEmulator({
      service: vendor.service,
      seed: { [vendor.service]: vendor.seed },
      port: 0,
    })
    const world = await World.start(clients.basic)
    try {
      const refreshToken = await logIn(emulator.url, vendor)
      world.repository.secrets.set('REFRESH_TOKEN', refreshToken)
      world.repository.secrets.set('CLIENT_SECRET', vendor.client.secret)
      for (let run = 1; run <= 2; run++) {
        const { main } = await world.run({
          with: {
            provider: vendor.provider,
            'token-endpoint': emulator.url + vendor.token,
            'client-id': vendor.client.id,
            'rotation-class': '',
            ...vendor.inputs,
          },
        })
        expect(main.outputs).toMatchObject({
          outcome: vendor.isRotating ? 'rotated' : 'not-rotated',
          'access-token': expect.stringMatching(/./),
          'expires-at': expect.stringMatching(/./),
        })
      }
      const isSame = world.storedRefreshToken === refreshToken
      expect(isSame).toBe(!vendor.isRotating)
    } finally {
      await world.close()
      await emulator.close()
    }
  },
  30_000,
)

/** As a person does it: the page, the first account on it, and the code. */
async function logIn(
  url: string,
  { authorize, token, client, parameters }: Vendor,
): Promise<string> {
  const page = new URL(authorize, url)
  page.search = new URLSearchParams({
    client_id: client.id,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    scope: 'openid offline_access',
    state: 'state',
    ...parameters,
  }).toString()
  const html = await (await fetch(page)).text()
  const [, action = '', fields = ''] =
    /<form[^>]*action="([^"]+)"[^>]*>([^]*?)<\/form>/.exec(html) ?? []
  const inputs = [...fields.matchAll(/name="([^"]+)"[^>]*value="([^"]*)"/g)]
  const form = new URLSearchParams(
    inputs.map(([, name = '', value = '']): [string, string] => [
      name,
      value.replaceAll('&amp;', '&').replaceAll('&#x2F;', '/'),
    ]),
  )
  const answer = await fetch(new URL(action, url), {
    method: 'POST',
    body: form,
    redirect: 'manual',
  })
  const code = new URL(
    answer.headers.get('location') ?? 'http://no-location',
  ).searchParams.get('code')
  const exchanged = await fetch(new URL(token, url), {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: code ?? '',
      redirect_uri: REDIRECT_URI,
      client_id: client.id,
      client_secret: client.secret,
    }),
  })
  const { refresh_token: refreshToken } = (await exchanged.json()) as {
    refresh_token?: string
  }
  if (refreshToken === undefined) throw new Error('no refresh token')
  return refreshToken
}
