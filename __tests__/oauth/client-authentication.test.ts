import {
  createHmac,
  createPublicKey,
  generateKeyPairSync,
  verify,
  type KeyObject,
} from 'node:crypto'

import { describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import {
  authenticate,
  createDpop,
  identify,
  type AuthenticationPorts,
  type Client,
} from '../../src/oauth/client-authentication.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { portsOn } from '../support/oauth-ports.ts'

const server = {
  issuer: 'https://as.example',
  token_endpoint: 'https://as.example/token',
}
const ports = portsOn(new Agent())

interface Jwt {
  readonly header: Record<string, unknown>
  readonly payload: Record<string, unknown>
  readonly signed: Buffer
  readonly signature: Buffer
}

function decode(jwt: string): Jwt {
  const [header = '', payload = '', signature = ''] = jwt.split('.')
  const read = (part: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<
      string,
      unknown
    >
  return {
    header: read(header),
    payload: read(payload),
    signed: Buffer.from(`${header}.${payload}`),
    signature: Buffer.from(signature, 'base64url'),
  }
}

async function authenticated(
  client: Omit<Client, 'id'>,
  given: Partial<AuthenticationPorts> = {},
  metadata: object = {},
): Promise<{ body: URLSearchParams; headers: Headers }> {
  const all = { ...ports, ...given }
  const as = { ...server, ...metadata }
  const whole = { id: 'me', ...client }
  const body = new URLSearchParams()
  const headers = new Headers()
  await authenticate(whole, as, all)(as, identify(whole, all), body, headers)
  return { body, headers }
}

function key(privateKey: KeyObject): { privateKey: { key: KeyObject } } {
  return { privateKey: { key: privateKey } }
}

const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
const keys: Record<string, KeyObject> = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey,
  ES256: ec,
  EdDSA: generateKeyPairSync('ed25519').privateKey,
}

function isSignedBy(
  jwt: Jwt,
  algorithm: string,
  privateKey: KeyObject,
): boolean {
  const publicKey = createPublicKey(privateKey)
  return verify(
    algorithm === 'EdDSA' ? null : 'sha256',
    jwt.signed,
    { key: publicKey, dsaEncoding: 'ieee-p1363' },
    jwt.signature,
  )
}

describe('private_key_jwt', () => {
  test.each(Object.entries(keys))(
    'signs with %s',
    async (algorithm, privateKey) => {
      const { body } = await authenticated({
        authMethod: 'private_key_jwt',
        ...key(privateKey),
        keyId: 'the-key',
      })
      expect(body.get('client_assertion_type')).toBe(
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      )
      const jwt = decode(body.get('client_assertion') ?? '')
      expect(jwt.header).toMatchObject({ alg: algorithm, kid: 'the-key' })
      expect(jwt.payload).toMatchObject({
        iss: 'me',
        sub: 'me',
        aud: 'https://as.example',
        jti: expect.any(String),
      })
      expect(isSignedBy(jwt, algorithm, privateKey)).toBe(true)
    },
  )

  test('never uses an identifier twice', async () => {
    const client = {
      authMethod: 'private_key_jwt',
      ...key(ec),
    } as const
    const ids = await Promise.all(
      [1, 2, 3].map(async () => {
        const { body } = await authenticated(client)
        return decode(body.get('client_assertion') ?? '').payload['jti']
      }),
    )
    expect(new Set(ids).size).toBe(3)
  })

  test('tells the time of the servers, not that of the runner', async () => {
    const { body } = await authenticated(
      { authMethod: 'private_key_jwt', ...key(ec) },
      { clockSkewSeconds: () => 7200 },
    )
    const { iat, exp } = decode(body.get('client_assertion') ?? '').payload
    expect(Number(iat) - Date.now() / 1000).toBeGreaterThan(7000)
    expect(Number(exp) - Number(iat)).toBe(60)
  })

  test('is for whom it is said to be for', async () => {
    const { body } = await authenticated({
      authMethod: 'private_key_jwt',
      ...key(ec),
      assertionAudience: 'https://as.example/token',
    })
    expect(decode(body.get('client_assertion') ?? '').payload['aud']).toBe(
      'https://as.example/token',
    )
  })
})

test('client_secret_jwt signs with the secret, which stays at home', async () => {
  const secret = 'a-client-secret-of-some-length-0123456789'
  const { body } = await authenticated({
    authMethod: 'client_secret_jwt',
    secret: new SecretValue(secret),
  })
  const jwt = decode(body.get('client_assertion') ?? '')
  expect(jwt.header['alg']).toBe('HS256')
  expect(jwt.signature).toEqual(
    createHmac('sha256', secret).update(jwt.signed).digest(),
  )
  expect(body.toString()).not.toContain(secret)
})

test.each(['tls_client_auth', 'self_signed_tls_client_auth'] as const)(
  '%s says who the client is and nothing else, to the aliases',
  async (authMethod) => {
    const { body, headers } = await authenticated({ authMethod })
    expect(body.toString()).toBe('client_id=me')
    expect([...headers]).toEqual([])
    expect(identify({ id: 'me', authMethod }, ports)).toMatchObject({
      use_mtls_endpoint_aliases: true,
    })
  },
)

test('github_oidc asks for a token for this server, each time', async () => {
  const audiences: string[] = []
  const { body } = await authenticated(
    { authMethod: 'github_oidc' },
    {
      requestIdToken: async (audience) => {
        audiences.push(audience)
        return new SecretValue('header.payload.signature')
      },
    },
  )
  expect(audiences).toEqual(['https://as.example'])
  expect(Object.fromEntries(body)).toEqual({
    client_id: 'me',
    client_assertion_type:
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'header.payload.signature',
  })
})

describe('DPoP', () => {
  test('there is none without a key', () => {
    expect(createDpop({ id: 'me' }, ports)).toBeUndefined()
  })

  test.each(Object.entries(keys))(
    'has a thumbprint, with %s',
    async (_, dpopKey) => {
      const handle = createDpop({ id: 'me', dpopKey: { key: dpopKey } }, ports)
      expect(await handle?.calculateThumbprint()).toMatch(/^[\w-]{43}$/)
    },
  )
})
