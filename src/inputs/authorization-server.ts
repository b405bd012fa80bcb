import type { HealthCheckTarget } from '../oauth/health-check.ts'
import type { AuthorizationServerOptions } from '../oauth/authorization-server.ts'
import { parseEndpointUrl } from '../runtime/address.ts'
import type { Provider } from '../oauth/provider.ts'
import {
  closestProviders,
  findProvider,
  resolveProvider,
  type ResolvedProvider,
} from '../oauth/known-providers.ts'
import type { ProviderFacts } from '../rotation/rotation.ts'
import {
  rotationClasses,
  type ClassFacts,
} from '../rotation/record/rotation-class.ts'
import { readClient } from './client.ts'
import type { InputReader, PlainInput } from './reader.ts'

export interface AuthorizationServerInputs {
  readonly authorizationServer: AuthorizationServerOptions
  readonly provider: ProviderFacts
  readonly verify: HealthCheckTarget
  readonly tls: {
    /** PEM. */
    readonly caCertificates?: string
    readonly minimumTlsVersion: '1.2' | '1.3'
  }
}

/** Parameters that the action itself sets. */
const reservedParameters = new Set([
  'audience',
  'client_assertion',
  'client_assertion_type',
  'client_id',
  'client_secret',
  'grant_type',
  'refresh_token',
  'resource',
  'scope',
])

/** RFC 6749 section 3.3: tokens of printable ASCII without `"` and `\`. */
const scopePattern =
  /^[\x21\x23-\x5b\x5d-\x7e]+(?: [\x21\x23-\x5b\x5d-\x7e]+)*$/

const MAX_GRACE_SECONDS = 30 * 86_400

export function readAuthorizationServer(
  reader: InputReader,
): AuthorizationServerInputs {
  const resolved = readProvider(reader)
  const provider = resolved?.provider
  const client = readClient(reader, provider)
  const given = {
    issuer: reader.url('issuer'),
    tokenEndpoint: reader.url('token-endpoint'),
    introspectionEndpoint: reader.url('introspection-endpoint'),
    userinfoEndpoint: reader.url('userinfo-endpoint'),
  }
  const isNamed =
    reader.text('issuer') !== '' || reader.text('token-endpoint') !== ''
  // An issuer or endpoint given by hand replaces both of the provider's.
  const issuer = given.issuer ?? (isNamed ? undefined : resolved?.issuer)
  const tokenEndpoint =
    given.tokenEndpoint ?? (isNamed ? undefined : resolved?.tokenEndpoint)
  const introspectionEndpoint =
    given.introspectionEndpoint ?? resolved?.introspectionEndpoint
  const userinfoEndpoint =
    given.userinfoEndpoint ?? resolved?.userinfoEndpoint ?? resolved?.whoAmI
  if (!isNamed && reader.text('provider') === '') {
    reader.problems.push(
      "'provider', 'token-endpoint' or 'issuer' must be set.",
    )
  }
  const scope = reader.text('scope')
  if (scope !== '' && !scopePattern.test(scope)) {
    reader.problems.push(
      "'scope' must be scope tokens with one space between them (RFC 6749 section 3.3).",
    )
  }
  const caCertificates = reader.text('ca-certificates')
  if (caCertificates !== '' && !caCertificates.includes('-----BEGIN CERT')) {
    reader.problems.push(
      "'ca-certificates' must be one or more certificates in PEM.",
    )
  }
  const verify = readVerify(reader, {
    introspection: introspectionEndpoint !== undefined,
    userinfo: userinfoEndpoint !== undefined,
    discovery: issuer !== undefined && tokenEndpoint === undefined,
  })
  return {
    authorizationServer: {
      client,
      ...(issuer && { issuer }),
      ...(tokenEndpoint && { tokenEndpoint }),
      ...(introspectionEndpoint && { introspectionEndpoint }),
      ...(userinfoEndpoint && { userinfoEndpoint }),
      ...((verify === 'introspection' || verify === 'userinfo') && {
        needs: verify,
      }),
      ...(scope !== '' && { scope }),
      tokenRequestParameters: readParameters(reader, provider),
      ...(provider?.request && { request: provider.request }),
      ...(provider?.reply && { reply: provider.reply }),
    },
    provider: {
      facts: readFacts(reader, provider),
      lifetimes: {
        ...(provider?.refreshTokenIdleSeconds !== undefined && {
          idleSeconds: provider.refreshTokenIdleSeconds,
        }),
        ...(provider?.refreshTokenAbsoluteSeconds !== undefined && {
          absoluteSeconds: provider.refreshTokenAbsoluteSeconds,
        }),
      },
      keepsOldAccessToken: provider?.keepsOldAccessToken === true,
    },
    verify,
    tls: {
      ...(caCertificates !== '' && { caCertificates }),
      minimumTlsVersion:
        reader.oneOf('minimum-tls-version', ['1.2', '1.3']) ?? '1.2',
    },
  }
}

function readProvider(reader: InputReader): ResolvedProvider | undefined {
  const id = reader.text('provider')
  const parameters = readPairs(reader, 'provider-parameters')
  if (id === '') {
    if (parameters.size > 0) {
      reader.problems.push(
        "'provider-parameters' can only be used with 'provider'.",
      )
    }
    return undefined
  }
  const provider = findProvider(id)
  if (provider === undefined) {
    reader.problems.push(
      `'provider' ${reader.show(id)} is not known; the closest ids are ${closestProviders(id).join(', ')}. Any other provider works with 'issuer' or 'token-endpoint'.`,
    )
    return undefined
  }
  const resolved = resolveProvider(provider, parameters)
  if (!Array.isArray(resolved)) return resolved
  reader.problems.push(
    ...resolved.map((problem) => `'provider-parameters': ${problem}`),
  )
  return undefined
}

function readParameters(
  reader: InputReader,
  provider: Provider | undefined,
): [string, string][] {
  const input = 'token-request-parameters'
  const parameters = readPairs(reader, input)
  for (const name of parameters.keys()) {
    if (reservedParameters.has(name)) {
      reader.problems.push(
        `'${input}' must not set ${name}: the action sets it, from its other inputs.`,
      )
    }
  }
  for (const name of provider?.request?.requiredParameters ?? []) {
    if (!parameters.has(name)) {
      reader.problems.push(
        `'${input}' must set ${name}, which ${provider?.name} requires.`,
      )
    }
  }
  for (const name of ['audience', 'resource'] as const) {
    const value = reader.text(name)
    if (value !== '') parameters.set(name, value)
  }
  return [...parameters]
}

/** One `name=value` per line. */
function readPairs(
  reader: InputReader,
  input: PlainInput,
): Map<string, string> {
  const pairs = new Map<string, string>()
  for (const line of reader.lines(input)) {
    const [, name = '', value = ''] = /^([^=\s]+)=(.*)$/.exec(line) ?? []
    if (name === '') {
      reader.problems.push(
        `'${input}': ${reader.show(line)} is not of the form name=value.`,
      )
    } else if (pairs.has(name)) {
      reader.problems.push(`'${input}' sets ${reader.show(name)} twice.`)
    } else {
      pairs.set(name, value)
    }
  }
  return pairs
}

function readFacts(
  reader: InputReader,
  provider: Provider | undefined,
): ClassFacts {
  const rotationClass =
    reader.text('rotation-class') === ''
      ? (provider?.rotationClass ?? 'strict')
      : reader.oneOf('rotation-class', rotationClasses)
  const text = reader.text('grace-seconds')
  if (rotationClass !== 'grace') {
    if (text !== '') {
      reader.problems.push(
        "'grace-seconds' can only be used with 'rotation-class: grace'.",
      )
    }
    return { rotationClass: rotationClass ?? 'strict', graceSeconds: 0 }
  }
  if (text === '' && provider?.graceSeconds !== undefined) {
    return { rotationClass, graceSeconds: provider.graceSeconds }
  }
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : NaN
  if (!(seconds >= 1 && seconds <= MAX_GRACE_SECONDS)) {
    reader.problems.push(
      `'grace-seconds' must be a whole number from 1 to ${MAX_GRACE_SECONDS} with 'rotation-class: grace': how long the old refresh token keeps working after a refresh.`,
    )
  }
  return { rotationClass, graceSeconds: seconds }
}

function readVerify(
  reader: InputReader,
  known: { introspection: boolean; userinfo: boolean; discovery: boolean },
): HealthCheckTarget {
  const text = reader.text('verify')
  if (text === 'none') return text
  if (text === 'introspection' || text === 'userinfo') {
    if (!known[text] && !known.discovery) {
      reader.problems.push(
        `'verify' is ${text}, so '${text}-endpoint' must be set, or 'issuer' alone, so that the endpoint is discovered.`,
      )
    }
    return text
  }
  const url = parseEndpointUrl(text)
  if (typeof url !== 'string') return url
  reader.problems.push(
    `'verify' must be none, introspection, userinfo or a URL; ${reader.show(text)} ${url}.`,
  )
  return 'none'
}
