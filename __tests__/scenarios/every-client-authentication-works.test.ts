import {
  afterAll,
  afterEach,
  beforeAll,
  describe,
  expect,
  test,
} from '@jest/globals'

import { ActionsOidc } from '../support/actions-oidc.ts'
import type { Client } from '../support/authorization-server.ts'
import {
  CertificateAuthority,
  selfSign,
  withForeignKey,
  type Certificate,
} from '../support/certificates.ts'
import { encryptPem, makeKeyPair, type KeyPair } from '../support/key-pairs.ts'
import type { RunResult } from '../support/runner/runner.ts'
import { World, type RunOptions } from '../support/world.ts'

const strict = { rotationClass: 'strict', graceSeconds: 0 } as const
const authority = new CertificateAuthority()
const clientAuthority = new CertificateAuthority('CN=Clients,O=Test')
let tls: Certificate & { clientCa: string }

beforeAll(() => {
  tls = {
    ...authority.issueForServer(),
    clientCa: clientAuthority.certificate,
  }
})

let world: World | undefined

afterEach(async () => {
  await world?.close()
  world = undefined
})

async function start(client: Client, options: object = {}): Promise<World> {
  world = await World.start(client, strict, {
    clients: [client],
    tls,
    ...options,
  })
  return world
}

function run(
  on: World,
  inputs: Record<string, string>,
  options: RunOptions = {},
): Promise<RunResult> {
  return on.run({
    ...options,
    with: {
      'token-endpoint': '',
      issuer: on.authorizationServer.issuer,
      'ca-certificates': authority.certificate,
      'client-auth-method': on.client.authMethod,
      'client-secret': '',
      ...inputs,
    },
  })
}

async function expectRotated(on: World, { main }: RunResult): Promise<void> {
  expect(main.outputs['outcome']).toBe('rotated')
  const { authorizationServer } = on
  expect(await authorizationServer.liveRefreshTokens()).toEqual([
    on.storedRefreshToken,
  ])
}

/** Refused, and the token is as good as before. */
async function expectRefused(on: World, { main }: RunResult): Promise<string> {
  expect(main.outputs).toMatchObject({
    outcome: 'failed',
    'error-code': 'CLIENT_AUTHENTICATION_FAILED',
    'credential-state': 'unchanged',
  })
  const { authorizationServer } = on
  expect(
    await authorizationServer.acceptsRefreshToken(on.storedRefreshToken ?? ''),
  ).toBe(true)
  return main.annotations[0]?.message ?? ''
}

describe.each([
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
] as const)('%s', (authMethod) => {
  const secret = 'a+secret:with/odd=chars-0123456789-0123456789'
  const client: Client = { id: 'the-client', secret, authMethod }

  test('the right secret rotates', async () => {
    const on = await start(client)
    await expectRotated(on, await run(on, { 'client-secret': secret }))
  })

  test('another secret does not', async () => {
    const on = await start(client)
    const inputs = { 'client-secret': `${secret}-another` }
    await expectRefused(on, await run(on, inputs))
  })
})

test('none', async () => {
  const on = await start({ id: 'the-client', secret: '', authMethod: 'none' })
  await expectRotated(on, await run(on, {}))
})

function startWithKey(keyPair: KeyPair): ReturnType<typeof start> {
  return start({
    id: 'the-client',
    secret: '',
    authMethod: 'private_key_jwt',
    keyPair,
  })
}

describe('private_key_jwt', () => {
  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
    '%s',
    async (algorithm) => {
      const keyPair = await makeKeyPair(algorithm)
      const on = await startWithKey(keyPair)
      const inputs = {
        'client-private-key': JSON.stringify(keyPair.privateJwk),
      }
      await expectRotated(on, await run(on, inputs))
      const other = await makeKeyPair(algorithm)
      await expectRefused(
        on,
        await run(on, {
          'client-private-key': JSON.stringify(other.privateJwk),
        }),
      )
    },
  )

  test('an encrypted key, with its passphrase', async () => {
    const keyPair: KeyPair = await makeKeyPair('ES256')
    const on = await startWithKey(keyPair)
    const inputs = {
      'client-private-key': encryptPem(keyPair, 'a passphrase'),
      'client-private-key-passphrase': 'a passphrase',
      'client-key-id': keyPair.keyId,
    }
    await expectRotated(on, await run(on, inputs))
  })

  test('for an audience that the server does not take', async () => {
    const keyPair = await makeKeyPair('ES256')
    const on = await startWithKey(keyPair)
    const inputs = {
      'client-private-key': keyPair.pem,
      'client-assertion-audience': 'https://another.example',
    }
    await expectRefused(on, await run(on, inputs))
  })
})

describe('mutual TLS', () => {
  function inputsOf({
    certificate,
    privateKey,
  }: Certificate): Record<string, string> {
    return {
      'client-certificate': certificate,
      'client-private-key': privateKey,
    }
  }

  describe.each([
    ['tls_client_auth', () => clientAuthority.issueForClient()],
    ['self_signed_tls_client_auth', () => selfSign()],
  ] as const)('%s', (authMethod, issue) => {
    async function startWith(certificate: Certificate): Promise<World> {
      return start({ id: 'the-client', secret: '', authMethod, certificate })
    }

    test('the right certificate rotates', async () => {
      const certificate = issue()
      const on = await startWith(certificate)
      await expectRotated(on, await run(on, inputsOf(certificate)))
    })

    test('one of somebody else does not', async () => {
      const on = await startWith(issue())
      const other =
        authMethod === 'tls_client_auth'
          ? new CertificateAuthority('CN=Others,O=Test').issueForClient()
          : selfSign()
      await expectRefused(on, await run(on, inputsOf(other)))
    })

    test('a key that does not belong to it is found before any request', async () => {
      const certificate = issue()
      const on = await startWith(certificate)
      const message = await expectRefused(
        on,
        await run(on, inputsOf(withForeignKey(certificate))),
      )
      expect(message).toContain(
        "does not belong to the key in 'client-private-key'",
      )
    })
  })

  test('goes to the address that the metadata has for it', async () => {
    const certificate = clientAuthority.issueForClient()
    const on = await start(
      {
        id: 'the-client',
        secret: '',
        authMethod: 'tls_client_auth',
        certificate,
      },
      { tls: { ...tls, hasMtlsAlias: true } },
    )
    const { mtlsTokenEndpoint, tokenEndpoint } = on.authorizationServer
    expect(mtlsTokenEndpoint).not.toBe(tokenEndpoint)
    await expectRotated(on, await run(on, inputsOf(certificate)))
  })

  test('an expired certificate is found before any request', async () => {
    const expired = clientAuthority.issueForClient({ validity: 'expired' })
    const on = await start({
      id: 'the-client',
      secret: '',
      authMethod: 'tls_client_auth',
      certificate: expired,
    })
    const message = await expectRefused(on, await run(on, inputsOf(expired)))
    expect(message).toContain("'client-certificate' expired on")
  })
})

describe('the certificate of the server', () => {
  test('that nobody told to trust is named, with the input that helps', async () => {
    const on = await start({ id: 'the-client', secret: '', authMethod: 'none' })
    const { main } = await run(on, { 'ca-certificates': '' })
    expect(main.outputs).toMatchObject({
      'error-code': 'DISCOVERY_FAILED',
      'credential-state': 'unchanged',
    })
    expect(main.annotations[0]?.message).toContain("'ca-certificates'")
  })
})

describe('DPoP', () => {
  const client: Client = { id: 'the-client', secret: '', authMethod: 'none' }

  test.each([false, true])(
    'with a nonce of the server: %p',
    async (requiresNonce) => {
      const keyPair = await makeKeyPair('ES256')
      const on = await start(client, { dpop: { requiresNonce } })
      const { main } = await run(on, { 'dpop-private-key': keyPair.pem })
      expect(main.outputs['outcome']).toBe('rotated')
      expect(main.log.join('\n')).toContain(keyPair.keyId)
      expect(on.authorizationServer.replays).toBe(0)
    },
  )
})

describe('github_oidc', () => {
  const AUDIENCE = 'https://as.example'
  const inputs = { 'client-assertion-audience': AUDIENCE }
  const actions = new ActionsOidc()

  beforeAll(async () => {
    await actions.start()
    // The world is an hour ahead of this machine.
    const now = Math.floor(Date.now() / 1000) + 3600
    actions.claims = { iat: now, nbf: now - 300, exp: now + 300 }
  })

  afterAll(() => actions.close())

  test('the ID token of the workflow is the client assertion', async () => {
    const on = await start(federated('repo:acme/web:ref:refs/heads/main'))
    const result = await run(on, inputs, {
      job: { environment: actions.environment },
    })
    await expectRotated(on, result)
    expect(actions.audiences).toContain(AUDIENCE)
  })

  test('an error shows the subject that was sent', async () => {
    const on = await start(federated('repo:acme/another:ref:refs/heads/main'))
    const message = await expectRefused(
      on,
      await run(on, inputs, { job: { environment: actions.environment } }),
    )
    expect(message).toContain("'repo:acme/web:ref:refs/heads/main'")
  })

  test('a job without the permission is told so', async () => {
    const on = await start(federated('repo:acme/web:ref:refs/heads/main'))
    const message = await expectRefused(on, await run(on, inputs))
    expect(message).toContain('`permissions: id-token: write`')
  })

  function federated(subject: string): Client {
    return {
      id: 'the-client',
      secret: '',
      authMethod: 'github_oidc',
      federation: { issuer: actions.issuer, subject, audience: AUDIENCE },
    }
  }
})
