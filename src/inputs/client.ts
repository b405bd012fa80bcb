import {
  clientAuthMethods,
  isMutualTls,
  type Client,
  type ClientAuthMethod,
} from '../oauth/client-authentication.ts'
import type { Provider } from '../oauth/provider.ts'
import {
  readPrivateKey,
  signingAlgorithm,
  type PrivateKey,
} from '../oauth/private-key.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { InputReader, SecretInput } from './reader.ts'

export function readClient(
  reader: InputReader,
  provider: Provider | undefined,
): Client {
  const { problems } = reader
  const id = reader.text('client-id')
  if (id === '' && hasClient(provider)) problems.push("'client-id' is empty.")
  const secret = reader.secret('client-secret')
  const privateKey = readKey(
    reader,
    'client-private-key',
    reader.secret('client-private-key-passphrase'),
  )
  const dpopKey = readKey(reader, 'dpop-private-key', '')
  const certificate = reader.text('client-certificate')
  const keyId = reader.text('client-key-id')
  const assertionAudience = reader.text('client-assertion-audience')
  const given = {
    secret: secret !== '',
    key: reader.secret('client-private-key') !== '',
    certificate: certificate !== '',
  }
  const authMethod =
    reader.text('client-auth-method') === ''
      ? preferredMethod(provider, given)
      : reader.oneOf('client-auth-method', clientAuthMethods)
  if (authMethod) checkMethod(reader, authMethod, given)
  return {
    id,
    ...(given.secret && { secret: new SecretValue(secret) }),
    ...(authMethod && { authMethod }),
    ...(privateKey && { privateKey }),
    ...(dpopKey && { dpopKey }),
    ...(given.certificate && { certificate }),
    ...(keyId !== '' && { keyId }),
    ...(assertionAudience !== '' && { assertionAudience }),
  }
}

/** Some tokens are refreshed without a client. */
function hasClient(provider: Provider | undefined): boolean {
  const { format, omittedParameters = [] } = provider?.request ?? {}
  return format !== 'self-rotation' && !omittedParameters.includes('client_id')
}

interface Given {
  readonly secret: boolean
  readonly key: boolean
  readonly certificate: boolean
}

function readKey(
  reader: InputReader,
  input: SecretInput,
  passphrase: string,
): PrivateKey | undefined {
  const text = reader.secret(input)
  if (text === '') return undefined
  const key = readPrivateKey(text, passphrase)
  if (typeof key === 'string') {
    reader.problems.push(`'${input}' ${key}.`)
    return undefined
  }
  if (signingAlgorithm(key) === undefined) {
    reader.problems.push(
      `'${input}' is a key that cannot sign with RS256, PS256, ES256 or EdDSA.`,
    )
    return undefined
  }
  return key
}

/** The provider's first method that fits what the client has. */
function preferredMethod(
  provider: Provider | undefined,
  given: Given,
): ClientAuthMethod | undefined {
  return provider?.clientAuthMethods.find(
    (method) => missingFor(method, given) === undefined && uses(method, given),
  )
}

/** Whatever is given must be used. */
function uses(method: ClientAuthMethod, { secret, key }: Given): boolean {
  if (method === 'none' || method === 'github_oidc') return !secret && !key
  return true
}

/** The input that a method requires and lacks. */
function missingFor(
  method: ClientAuthMethod,
  { secret, key, certificate }: Given,
): string | undefined {
  if (method.startsWith('client_secret_')) {
    return secret ? undefined : 'client-secret'
  }
  if (method === 'private_key_jwt') {
    return key ? undefined : 'client-private-key'
  }
  if (isMutualTls(method)) {
    if (!certificate) return 'client-certificate'
    return key ? undefined : 'client-private-key'
  }
  return undefined
}

function checkMethod(
  reader: InputReader,
  method: ClientAuthMethod,
  given: Given,
): void {
  const { problems } = reader
  const missing = missingFor(method, given)
  if (missing !== undefined) {
    problems.push(
      `'client-auth-method' is ${method}, but '${missing}' is empty.`,
    )
  }
  if (given.secret && !method.startsWith('client_secret_')) {
    problems.push(
      `'client-auth-method' is ${method}, but 'client-secret' is given: remove one of them.`,
    )
  }
  if (given.certificate && !isMutualTls(method)) {
    problems.push(
      `'client-certificate' can be used with tls_client_auth and self_signed_tls_client_auth, not with ${method}.`,
    )
  }
  const hasAssertion = method.endsWith('_jwt') || method === 'github_oidc'
  if (reader.text('client-assertion-audience') !== '' && !hasAssertion) {
    problems.push(
      `'client-assertion-audience' can be used with client_secret_jwt, private_key_jwt and github_oidc, not with ${method}.`,
    )
  }
}
