import {
  clientAuthMethods,
  type Client,
} from '../oauth/client-authentication.ts'
import type { HealthCheckTarget } from '../oauth/health-check.ts'
import { parseEndpointUrl } from '../oauth/endpoint-url.ts'
import type { ClassFacts, RotationClass } from '../rotation/decide.ts'
import { SecretValue } from '../rotation/secret-value.ts'
import type { InputReader } from './reader.ts'

/** How the authorization server is asked, and what it does to tokens. */
export interface AuthorizationServerInputs {
  readonly client: Client
  readonly issuer?: URL
  readonly tokenEndpoint?: URL
  readonly introspectionEndpoint?: URL
  readonly scope?: string
  readonly tokenRequestParameters: [name: string, value: string][]
  readonly facts: ClassFacts
  readonly verify: HealthCheckTarget
}

/** What the action itself puts into the token request. */
const reservedParameters = new Set([
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'grant_type',
  'refresh_token',
  'scope',
])

/** RFC 6749 section 3.3: tokens of printable ASCII without `"` and `\`. */
const scopePattern =
  /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

const rotationClasses: readonly RotationClass[] = [
  'strict',
  'grace',
  'confirm-on-use',
  'non-rotating',
]

const MOST_GRACE_SECONDS = 30 * 86_400

export function readAuthorizationServer(
  reader: InputReader,
): AuthorizationServerInputs {
  const client = readClient(reader)
  const issuer = reader.url('issuer')
  const tokenEndpoint = reader.url('token-endpoint')
  const introspectionEndpoint = reader.url('introspection-endpoint')
  if (!reader.text('issuer') && !reader.text('token-endpoint')) {
    reader.problems.push("'token-endpoint' or 'issuer' must be set.")
  }
  const scope = reader.text('scope')
  if (scope !== '' && !scopePattern.test(scope)) {
    reader.problems.push(
      "'scope' must be scopes with one space between them (RFC 6749 section 3.3).",
    )
  }
  return {
    client,
    ...(issuer && { issuer }),
    ...(tokenEndpoint && { tokenEndpoint }),
    ...(introspectionEndpoint && { introspectionEndpoint }),
    ...(scope !== '' && { scope }),
    tokenRequestParameters: readParameters(reader),
    facts: readFacts(reader),
    verify: readVerify(reader),
  }
}

function readClient(reader: InputReader): Client {
  const { problems } = reader
  const id = reader.text('client-id')
  const secret = reader.text('client-secret')
  if (id === '') problems.push("'client-id' is empty.")
  const authMethod =
    reader.text('client-auth-method') === ''
      ? undefined
      : reader.oneOf('client-auth-method', clientAuthMethods)
  if (authMethod === 'none' && secret !== '') {
    problems.push(
      "'client-auth-method' is none, but 'client-secret' is given: leave one of them out.",
    )
  }
  if (authMethod?.startsWith('client_secret_') && secret === '') {
    problems.push(
      `'client-auth-method' is ${authMethod}, but 'client-secret' is empty.`,
    )
  }
  return {
    id,
    ...(secret !== '' && { secret: new SecretValue(secret) }),
    ...(authMethod && { authMethod }),
  }
}

function readParameters(reader: InputReader): [string, string][] {
  const input = 'token-request-parameters'
  const parameters = new Map<string, string>()
  for (const line of reader.lines(input)) {
    const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/.exec(line) ?? []
    if (name === '') {
      reader.problems.push(
        `'${input}': ${reader.show(line)} is not of the form name=value.`,
      )
    } else if (reservedParameters.has(name)) {
      reader.problems.push(
        `'${input}' must not set ${name}: it has an input of its own.`,
      )
    } else if (parameters.has(name)) {
      reader.problems.push(
        `'${input}' sets ${reader.show(name)} twice, which RFC 6749 section 3.2 forbids.`,
      )
    } else {
      parameters.set(name, value)
    }
  }
  return [...parameters]
}

function readFacts(reader: InputReader): ClassFacts {
  const rotationClass = reader.oneOf('rotation-class', rotationClasses)
  const text = reader.text('grace-seconds')
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (rotationClass === 'grace') {
    if (!(seconds >= 1 && seconds <= MOST_GRACE_SECONDS)) {
      reader.problems.push(
        `'grace-seconds' must be a whole number from 1 to ${MOST_GRACE_SECONDS} with 'rotation-class: grace': for how long the old refresh token works after a refresh.`,
      )
    }
    return { rotationClass, graceSeconds: seconds }
  }
  if (text !== '') {
    reader.problems.push(
      "'grace-seconds' goes with 'rotation-class: grace' only.",
    )
  }
  return { rotationClass: rotationClass ?? 'strict', graceSeconds: 0 }
}

function readVerify(reader: InputReader): HealthCheckTarget {
  const text = reader.text('verify')
  if (text === 'none') return text
  if (text === 'introspection') {
    const isDiscovered =
      reader.text('issuer') !== '' && reader.text('token-endpoint') === ''
    if (reader.text('introspection-endpoint') === '' && !isDiscovered) {
      reader.problems.push(
        "'verify' is introspection, so 'introspection-endpoint' must be set, or 'issuer' alone, for the endpoint to be discovered.",
      )
    }
    return text
  }
  const url = parseEndpointUrl(text)
  if (typeof url !== 'string') return url
  reader.problems.push(
    `'verify' must be none, introspection or a URL; ${reader.show(text)} ${url}.`,
  )
  return 'none'
}
