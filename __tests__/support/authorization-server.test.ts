import { describe, expect, test } from '@jest/globals'
import { request } from 'undici'

import { clients, type Client } from './authorization-server.ts'
import {
  askUserinfo,
  ca,
  certified,
  clientAuthority,
  jwtClient,
  refresh,
  refusal,
  running,
  selfSigned,
  start,
  tls,
} from './authorization-server/scene.ts'
import { CertificateAuthority, selfSign } from './certificates.ts'
import { Clock } from './clock.ts'
import { makeKeyPair, type KeyAlgorithm } from './key-pairs.ts'

async function withKey(algorithm: KeyAlgorithm): Promise<Client> {
  return {
    id: `rotator-${algorithm}`,
    secret: '',
    authMethod: 'private_key_jwt',
    keyPair: await makeKeyPair(algorithm),
  }
}

describe('every client authentication method over TLS', () => {
  test.each<[string, () => Client | Promise<Client>]>([
    ['client_secret_basic', () => clients.basic],
    ['client_secret_post', () => clients.post],
    ['client_secret_jwt', () => jwtClient],
    ['private_key_jwt with RS256', () => withKey('RS256')],
    ['private_key_jwt with PS256', () => withKey('PS256')],
    ['private_key_jwt with ES256', () => withKey('ES256')],
    ['private_key_jwt with EdDSA', () => withKey('EdDSA')],
    ['tls_client_auth', () => certified],
    [
      'tls_client_auth by an alternative name',
      () => ({
        ...certified,
        metadata: { tls_client_auth_san_dns: 'rotator.example' },
      }),
    ],
    ['self_signed_tls_client_auth', () => selfSigned],
    ['none', () => clients.public],
  ])('%s', async (_, make) => {
    const client = await make()
    const server = await start()
    await server.addClient(client)
    expect(await refresh(server, client)).toMatchObject({ status: 200 })
    expect(server.refreshes).toBe(1)
  })

  test('none of them without what it takes', async () => {
    const es256 = await withKey('ES256')
    const given = [clients.basic, clients.post, jwtClient, es256]
    const server = await start({ clients: [jwtClient, es256] })
    for (const client of given) {
      const stranger = {
        ...client,
        ...(client.secret !== '' && { secret: `${client.secret}-wrong` }),
        ...('keyPair' in client && { keyPair: await makeKeyPair('ES256') }),
      }
      expect(await refresh(server, stranger)).toMatchObject({ status: 401 })
    }
    expect(server.refreshes).toBe(0)
  })
})

describe('mutual TLS', () => {
  const sameSubject = { subject: 'CN=rotator,O=Acme,C=DE' }

  test.each([
    ['none', undefined, /was not provided/],
    [
      'of another CA',
      new CertificateAuthority('CN=Client Root').issueForClient(sameSubject),
      /was not verified/,
    ],
    [
      'an expired one',
      clientAuthority.issueForClient({ ...sameSubject, validity: 'expired' }),
      /was not verified/,
    ],
    [
      'of somebody else',
      clientAuthority.issueForClient({ subject: 'CN=else,O=Acme,C=DE' }),
      /does not match/,
    ],
  ])('refuses a certificate: %s', async (_, certificate, reason) => {
    const server = await start({ clients: [certified] })
    const { certificate: _own, ...client } = certified
    expect(
      await refusal(
        server,
        refresh(server, { ...client, ...(certificate && { certificate }) }),
      ),
    ).toMatch(reason)
  })

  test('refuses another self-signed certificate', async () => {
    const server = await start({ clients: [selfSigned] })
    expect(
      await refusal(
        server,
        refresh(server, { ...selfSigned, certificate: selfSign() }),
      ),
    ).toMatch(/unregistered client certificate/)
  })

  test('on a port of its own, which the metadata says', async () => {
    const server = await start({
      clients: [certified],
      tls: { ...tls, hasMtlsAlias: true },
    })
    const requester = server.requester(certified, { ca })
    running.push(requester)
    const reply = await request(
      `${server.issuer}/.well-known/openid-configuration`,
      { dispatcher: requester.dispatcher },
    )
    expect(await reply.body.json()).toMatchObject({
      token_endpoint: server.tokenEndpoint,
      mtls_endpoint_aliases: { token_endpoint: server.mtlsTokenEndpoint },
    })
    expect(
      await refusal(
        server,
        refresh(server, certified, { url: server.tokenEndpoint }),
      ),
    ).toMatch(/was not provided/)
    expect(await refresh(server, certified)).toMatchObject({ status: 200 })
  })

  test('binds access tokens to the certificate', async () => {
    const bound: Client = {
      ...selfSigned,
      metadata: { tls_client_certificate_bound_access_tokens: true },
    }
    const server = await start({ clients: [bound] })
    const { json } = await refresh(server, bound)
    expect(await askUserinfo(server, bound, json)).toBe(200)
    expect(await askUserinfo(server, clients.public, json)).toBe(401)
  })
})

describe('client assertions', () => {
  test('work once', async () => {
    const server = await start({ clients: [jwtClient] })
    const requester = server.requester(jwtClient, { ca })
    running.push(requester)
    const parameters = {
      grant_type: 'refresh_token',
      refresh_token: await server.mintRefreshToken(jwtClient.id),
      client_id: jwtClient.id,
      client_assertion: (await requester.makeAssertion()) ?? '',
      client_assertion_type:
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    }
    const anonymous = server.requester(
      { ...jwtClient, authMethod: 'none' },
      { ca },
    )
    running.push(anonymous)
    const url = server.tokenEndpoint
    expect(await anonymous.post(url, parameters)).toMatchObject({ status: 200 })
    expect(await refusal(server, anonymous.post(url, parameters))).toMatch(
      /must only be used once/,
    )
  })

  test('are for the audience that the server wants', async () => {
    const server = await start({
      clients: [jwtClient],
      assertionAudiences: ({ tokenEndpoint }) => [tokenEndpoint],
    })
    expect(await refusal(server, refresh(server, jwtClient))).toMatch(
      /audience/,
    )
    expect(
      await refresh(server, jwtClient, { audience: server.tokenEndpoint }),
    ).toMatchObject({ status: 200 })
  })

  test("are timed by the server's clock", async () => {
    const clock = new Clock()
    clock.advance(5 * 3_600_000)
    const server = await start({ clients: [jwtClient] }, clock)
    expect(await refresh(server, jwtClient)).toMatchObject({ status: 200 })
    expect(
      await refusal(server, refresh(server, jwtClient, { clock: new Clock() })),
    ).toMatch(/expired/)
  })

  test('are signed with an algorithm that the metadata names', async () => {
    const client = await withKey('PS256')
    const server = await start({
      clients: [client],
      assertionAlgorithms: ['PS256'],
    })
    expect(await refresh(server, client)).toMatchObject({ status: 200 })
    await expect(server.addClient(jwtClient)).rejects.toThrow()
  })
})
