import type { Authorization } from '../github/access.ts'
import { readPrivateKey } from '../oauth/private-key.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { InputReader } from './reader.ts'

/** Who writes the secrets: a token, or a GitHub App that mints its own. */
export function readAuthorization(
  reader: InputReader,
): Authorization | undefined {
  const { problems } = reader
  const token = reader.secret('github-token')
  const clientId = reader.text('app-client-id')
  const key = reader.secret('app-private-key')
  if (clientId === '' && key === '') {
    if (token === '') {
      problems.push(
        "'github-token' is empty: it must be a fine-grained or installation token that is allowed to write the secrets, or 'app-client-id' and 'app-private-key' must be those of a GitHub App that is. The built-in GITHUB_TOKEN can never write secrets.",
      )
      return undefined
    }
    return { kind: 'token', token: new SecretValue(token) }
  }
  if (token !== '') {
    problems.push(
      "'github-token' is given together with 'app-client-id' or 'app-private-key': use either the token or the App.",
    )
  }
  if (clientId === '') {
    problems.push("'app-private-key' is given, but 'app-client-id' is empty.")
  }
  return readApp(reader, clientId, key)
}

function readApp(
  { problems }: InputReader,
  clientId: string,
  text: string,
): Authorization | undefined {
  if (text === '') {
    problems.push("'app-client-id' is given, but 'app-private-key' is empty.")
    return undefined
  }
  const read = readPrivateKey(text, '')
  if (typeof read === 'string') {
    problems.push(`'app-private-key' ${read}.`)
    return undefined
  }
  if (read.key.asymmetricKeyType !== 'rsa') {
    problems.push("'app-private-key' is not an RSA key, which GitHub Apps use.")
    return undefined
  }
  return { kind: 'app', key: { clientId, privateKey: read.key } }
}

/** The GitHub that the workflow runs on: the URLs of its API and its web pages. */
export interface OwnGitHub {
  readonly api: string
  readonly web: string
}

/**
 * From `https://HOST/api/v3` on GitHub Enterprise Server, `https://api.HOST` elsewhere.
 */
export function webUrlOf(apiUrl: URL, own: OwnGitHub): URL {
  const isOwn = URL.canParse(own.api) && new URL(own.api).href === apiUrl.href
  if (isOwn && URL.canParse(own.web)) return new URL(own.web)
  return new URL(`${apiUrl.protocol}//${apiUrl.host.replace(/^api\./, '')}`)
}
