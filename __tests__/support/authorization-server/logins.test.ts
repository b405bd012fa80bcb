import { beforeAll, describe, expect, test } from '@jest/globals'

import {
  AuthorizationServer,
  clients,
  type Client,
} from '../authorization-server.ts'
import {
  askUserinfo,
  ca,
  certified,
  jwtClient,
  refresh,
  running,
  start,
} from './scene.ts'
import { makeKeyPair, type KeyPair } from '../key-pairs.ts'

describe('DPoP', () => {
  let dpopKeyPair: KeyPair

  beforeAll(async () => {
    dpopKeyPair = await makeKeyPair('ES256')
  })

  test('asks for a nonce, and takes a proof with it', async () => {
    const server = await start({ dpop: { requiresNonce: true } })
    const requester = server.requester(clients.public, { ca, dpopKeyPair })
    running.push(requester)
    const parameters = {
      grant_type: 'refresh_token',
      refresh_token: await server.mintRefreshToken(clients.public.id),
    }
    const url = server.tokenEndpoint
    expect(await requester.postOnce(url, parameters)).toMatchObject({
      status: 400,
      headers: { 'dpop-nonce': expect.any(String) },
      json: { error: 'use_dpop_nonce' },
    })
    expect(await requester.postOnce(url, parameters)).toMatchObject({
      status: 200,
      json: { token_type: 'DPoP' },
    })
  })

  test('binds the refresh token of a public client', async () => {
    const server = await start({ hasInteractions: true })
    const token = await server.loginByCode(clients.public, { ca, dpopKeyPair })
    expect(await refresh(server, clients.public, { token })).toMatchObject({
      status: 400,
      json: { error: 'invalid_grant' },
    })
    expect(
      await refresh(server, clients.public, { token, dpopKeyPair }),
    ).toMatchObject({ status: 200 })
  })
})

describe('people log in', () => {
  test.each<[string, Client]>([
    ['client_secret_basic', clients.basic],
    ['client_secret_jwt', jwtClient],
    ['tls_client_auth', certified],
    ['none', clients.public],
  ])('with a browser and with a device: %s', async (_, client) => {
    const server = await start({ hasInteractions: true, clients: [certified] })
    await server.addClient(jwtClient)
    for (const token of [
      await server.loginByCode(client, { ca }),
      await server.loginByDevice(client, { ca }),
    ]) {
      expect(server.issued).toContain(token)
      const reply = await refresh(server, client, { token })
      expect(reply).toMatchObject({ status: 200 })
      expect(await askUserinfo(server, client, reply.json)).toBe(200)
    }
    expect(server.refreshes).toBe(2)
  })

  test('without TLS too', async () => {
    const server = new AuthorizationServer(undefined, { hasInteractions: true })
    await server.start()
    running.push(server)
    const token = await server.loginByDevice(clients.post)
    expect(await refresh(server, clients.post, { token })).toMatchObject({
      status: 200,
    })
  })
})
