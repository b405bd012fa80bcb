import { afterEach, expect } from '@jest/globals'
import { request } from 'undici'

import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  type Client,
  type RequesterOptions,
} from '../authorization-server.ts'
import { CertificateAuthority, selfSign } from '../certificates.ts'
import { Clock } from '../clock.ts'
import type { Reply } from './token-requests.ts'

const serverAuthority = new CertificateAuthority('CN=Server Root')
export const clientAuthority = new CertificateAuthority('CN=Client Root')
export const ca = serverAuthority.certificate
export const tls = {
  ...serverAuthority.issueForServer(),
  clientCa: clientAuthority.certificate,
}

const secret = 'a-secret-of-at-least-32-characters-0123456789'
export const running: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()))
})

export async function start(
  options: AuthorizationServerOptions = {},
  clock = new Clock(),
): Promise<AuthorizationServer> {
  const server = new AuthorizationServer(clock, { tls, ...options })
  await server.start()
  running.push(server)
  return server
}

/** One refresh with a token that the client has been given for it. */
export async function refresh(
  server: AuthorizationServer,
  client: Client,
  {
    url = server.mtlsTokenEndpoint,
    token = '',
    ...options
  }: RequesterOptions & {
    url?: string
    token?: string
  } = {},
): Promise<Reply> {
  const requester = server.requester(client, { ca, ...options })
  running.push(requester)
  return requester.refresh(
    url,
    token === '' ? await server.mintRefreshToken(client.id) : token,
  )
}

/** Says why too, which the client does not get to know. */
export async function refusal(
  server: AuthorizationServer,
  reply: Promise<Reply>,
): Promise<string | undefined> {
  expect(await reply).toMatchObject({
    status: 401,
    json: { error: 'invalid_client' },
  })
  return server.refusals.at(-1)
}

export const jwtClient: Client = {
  id: 'rotator-hmac',
  secret,
  authMethod: 'client_secret_jwt',
}
export const certified: Client = {
  id: 'rotator-certified',
  secret: '',
  authMethod: 'tls_client_auth',
  certificate: clientAuthority.issueForClient({
    subject: 'CN=rotator,O=Acme,C=DE',
    subjectAltNames: ['DNS:rotator.example'],
  }),
}
export const selfSigned: Client = {
  id: 'rotator-self-signed',
  secret: '',
  authMethod: 'self_signed_tls_client_auth',
  certificate: selfSign(),
}

/** @returns the status */
export async function askUserinfo(
  server: AuthorizationServer,
  client: Client,
  { access_token }: Reply['json'],
): Promise<number> {
  const requester = server.requester(client, { ca })
  running.push(requester)
  const { statusCode, body } = await request(`${server.issuer}/me`, {
    dispatcher: requester.dispatcher,
    headers: { authorization: `Bearer ${String(access_token)}` },
  })
  await body.dump()
  return statusCode
}
