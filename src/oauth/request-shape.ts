import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { RequestShape } from './provider.ts'

/** A token request by the standard. */
export interface StandardRequest {
  readonly url: string
  readonly headers: Headers
  readonly body: URLSearchParams
}

/** A token request as it is sent. */
export interface ShapedRequest {
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

const FORM = 'application/x-www-form-urlencoded;charset=UTF-8'

/** Turns the standard token request into this provider's. Changes no argument. */
export function shapeRequest(
  shape: RequestShape = {},
  request: StandardRequest,
): ShapedRequest {
  const url = new URL(request.url)
  const headers = new Headers(request.headers)
  const parameters = new Map<string, string | boolean>(request.body)
  for (const [name, value] of Object.entries(shape.parameters ?? {})) {
    if (!parameters.has(name)) parameters.set(name, value)
  }
  for (const name of shape.omittedParameters ?? []) parameters.delete(name)
  shapeBasic(shape, headers)
  const isPublic =
    !headers.has('authorization') &&
    !parameters.has('client_secret') &&
    !parameters.has('client_assertion')
  const inQuery = [
    ...(shape.format === 'query' ? ['grant_type', 'refresh_token'] : []),
    ...(shape.hasPublicClientInQuery && isPublic ? ['client_id'] : []),
  ]
  for (const name of inQuery) {
    const value = parameters.get(name)
    if (value !== undefined) url.searchParams.set(name, String(value))
    parameters.delete(name)
  }
  for (const [name, value] of Object.entries(shape.headers ?? {})) {
    headers.set(name, value)
  }
  // GitHub, for one, answers in another format unless asked for JSON.
  headers.set('accept', 'application/json')
  const isJson = shape.format === 'json'
  headers.set('content-type', isJson ? 'application/json' : FORM)
  return {
    url: inQuery.length === 0 ? request.url : url.href,
    headers,
    body: isJson
      ? JSON.stringify(Object.fromEntries(parameters))
      : form(parameters),
  }
}

/**
 * Whether a header can carry this text. Not beyond ASCII: it would arrive in another
 * encoding than the one it was issued in.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110.html#section-5.5
 */
export function fitsHeader(text: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(text)
}

/**
 * A token, in a header, that requests its own successor, without grant or client.
 *
 * @see https://docs.gitlab.com/api/personal_access_tokens/#rotate-a-personal-access-token
 */
export function selfRotationRequest(
  url: string,
  token: SecretValue,
  parameters: URLSearchParams,
): ShapedRequest {
  return {
    url,
    headers: new Headers({
      accept: 'application/json',
      'content-type': FORM,
      'private-token': token.reveal(),
    }),
    body: parameters.toString(),
  }
}

function form(parameters: ReadonlyMap<string, string | boolean>): string {
  const body = new URLSearchParams()
  for (const [name, value] of parameters) body.set(name, String(value))
  return body.toString()
}

/**
 * Rewrites the credentials. `oauth4webapi` also encodes `-`, `.` and `_`; that is
 * allowed, but a server that fails to decode sees another client, and client
 * identifiers are full of these.
 */
function shapeBasic(shape: RequestShape, headers: Headers): void {
  const parts = readBasic(headers.get('authorization') ?? '')
  if (parts === undefined) return
  const [id, secret] = parts
  const encode = shape.hasRawBasic ? (text: string) => text : formEncode
  const credentials = shape.isSecretBasicUser
    ? `${secret}:`
    : `${encode(id)}:${encode(secret)}`
  headers.set(
    'authorization',
    `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`,
  )
}

function readBasic(header: string): [id: string, secret: string] | undefined {
  const [, base64 = ''] = /^Basic ([\w+/]+=*)$/.exec(header) ?? []
  const [id, secret] = Buffer.from(base64, 'base64').toString('utf8').split(':')
  if (id === undefined || secret === undefined) return undefined
  try {
    return [formDecode(id), formDecode(secret)]
  } catch {
    return undefined
  }
}

/** @throws when it is not encoded that way */
function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}

/** RFC 6749 section 2.3.1 and appendix B. */
function formEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}
