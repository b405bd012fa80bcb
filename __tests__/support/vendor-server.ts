import type { IncomingMessage } from 'node:http'

import type {
  Credentials,
  Demands,
  Exchange,
  Reply,
} from '../oauth/vendor-shape.ts'
import { readBody, serve, type RunningServer } from './http-server.ts'

/** The credentials that the vendor knows: characters that encodings differ in. */
export const clientId = '0a1b-2c3d.app_1'
export const clientSecret = 's3cr3t-with_more.than~letters+and/='

export interface VendorServer extends RunningServer {
  /** What was wrong with the requests, in words; empty: all were as demanded. */
  readonly objections: string[]
  readonly requests: number
}

interface Asked {
  readonly headers: IncomingMessage['headers']
  readonly url: URL
  readonly body: Readonly<Record<string, unknown>>
}

/** What the vendor demands, from a client that proves itself in one of the ways. */
type Demanded = Omit<Demands, 'credentials'> & {
  readonly credentials: Credentials
}

/**
 * A token endpoint on loopback that is as particular as its vendor: what is not
 * as demanded is an objection and is answered with an error.
 */
export async function serveVendor(
  { demands: { credentials: _, ...others }, good, bad }: Exchange,
  credentials: Credentials,
  tokens: { readonly alive: string; readonly dead: string },
): Promise<VendorServer> {
  const demands = { ...others, credentials }
  const objections: string[] = []
  let requests = 0
  const server = await serve((message, response) => {
    void readBody(message).then((text) => {
      requests += 1
      const asked = parse(message, text, demands.format === 'json')
      const presented = tokenOf(asked, demands)
      const found = [
        ...(message.method === 'POST' ? [] : [`method ${message.method}`]),
        ...objectTo(asked, demands),
        ...(presented === tokens.alive || presented === tokens.dead
          ? []
          : ['no refresh token where it belongs']),
      ]
      objections.push(...found)
      const reply: Reply =
        found.length > 0
          ? { status: 400, body: { error: 'invalid_request' } }
          : presented === tokens.alive
            ? good
            : bad
      response
        .writeHead(reply.status, { 'content-type': 'application/json' })
        .end(withTimes(reply.body))
    })
  })
  return {
    ...server,
    objections,
    get requests() {
      return requests
    },
  }
}

function withTimes(body: unknown): string {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return text.replaceAll(/\{in (\d+) seconds\}/g, (_, seconds: string) =>
    new Date(Date.now() + Number(seconds) * 1000).toISOString(),
  )
}

function parse(message: IncomingMessage, text: string, isJson: boolean): Asked {
  const { headers, url = '' } = message
  return {
    headers,
    url: new URL(url, 'http://vendor.invalid'),
    body: isJson
      ? parseJson(text)
      : Object.fromEntries(new URLSearchParams(text)),
  }
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return { 'not JSON': text }
  }
}

function tokenOf(
  { headers, url, body }: Asked,
  { credentials, format }: Demanded,
): unknown {
  if (credentials === 'PRIVATE-TOKEN') return headers['private-token']
  return format === 'query and form'
    ? url.searchParams.get('refresh_token')
    : body['refresh_token']
}

function objectTo(asked: Asked, demands: Demanded): string[] {
  const { headers, url, body } = asked
  const { credentials, format, parameters = {} } = demands
  const type = format === 'json' ? 'application/json' : 'application/x-www-form'
  const expected = { query: queryOf(demands), body: bodyOf(demands) }
  return [
    ...(url.pathname === new URL(demands.url).pathname
      ? []
      : [`path ${url.pathname}`]),
    ...(headers['content-type']?.startsWith(type)
      ? []
      : [`content-type ${headers['content-type']}`]),
    ...(headers.accept === 'application/json'
      ? []
      : [`accept ${headers.accept}`]),
    ...(headers.authorization === authorizationOf(credentials)
      ? []
      : [`authorization ${headers.authorization}`]),
    ...differences(
      'query',
      Object.fromEntries(url.searchParams),
      expected.query,
    ),
    ...differences('body', body, { ...expected.body, ...parameters }),
  ]
}

const anything = Symbol('anything')

function queryOf({ credentials, format }: Demanded): Record<string, unknown> {
  return {
    ...(format === 'query and form' && {
      grant_type: 'refresh_token',
      refresh_token: anything,
    }),
    ...(credentials === 'client_id in the query' && { client_id: clientId }),
  }
}

/** Nothing may stand there besides: some servers refuse what they do not know. */
function bodyOf({
  url,
  credentials,
  format,
}: Demanded): Record<string, unknown> {
  if (credentials === 'PRIVATE-TOKEN') return {}
  const isMatrix = url.includes('/_matrix/')
  return {
    ...(format !== 'query and form' && {
      ...(!isMatrix && { grant_type: 'refresh_token' }),
      refresh_token: anything,
    }),
    ...(credentials === 'in the body' && {
      client_id: clientId,
      client_secret: clientSecret,
    }),
    ...(isNamedInBody(credentials) && { client_id: clientId }),
    // RFC 7523 section 2.2; its claims are looked at where they are made.
    ...(isAssertion(credentials) && {
      client_assertion_type:
        'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: anything,
    }),
  }
}

function isAssertion(credentials: Credentials): boolean {
  return credentials.startsWith('an ')
}

/** RFC 8705 section 2 has the client named beside its certificate, too. */
function isNamedInBody(credentials: Credentials): boolean {
  return (
    credentials === 'client_id in the body' ||
    credentials === 'a certificate' ||
    isAssertion(credentials)
  )
}

function authorizationOf(credentials: Credentials): string | undefined {
  switch (credentials) {
    case 'HTTP Basic':
      // RFC 6749 section 2.3.1; what every server reads alike stands as it is.
      return `Basic ${btoa(`${clientId}:${encodeURIComponent(clientSecret).replaceAll('~', '%7E')}`)}`
    case 'HTTP Basic, the secret as user name':
      return `Basic ${btoa(`${clientSecret}:`)}`
    default:
      return undefined
  }
}

function differences(
  where: string,
  found: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)])
  return [...names]
    .filter((name) =>
      expected[name] === anything
        ? found[name] === undefined
        : found[name] !== expected[name],
    )
    .map((name) => `${where}: ${name} is ${String(found[name])}`)
}
