import * as core from '@actions/core'

import { canonicalPlace, type Place } from './github/places.ts'
import { InputReader } from './input-reader.ts'
import {
  clientAuthMethods,
  type Client,
  type ClientAuthMethod,
} from './oauth/client-authentication.ts'
import { RotationError } from './rotation/errors.ts'
import { SecretValue } from './rotation/secret-value.ts'
import { explainEmptySecret, refuseTrigger, type Trigger } from './trigger.ts'

/** All that a run is told. Read once; everything in it has been checked. */
export interface Configuration {
  readonly client: Client
  readonly issuer?: URL
  readonly tokenEndpoint?: URL
  readonly scope?: string
  readonly tokenRequestParameters: [name: string, value: string][]
  readonly refreshToken: SecretValue
  readonly refreshTokenPlace: Place
  readonly accessTokenPlaces: readonly Place[]
  readonly githubToken: SecretValue
  readonly githubApiUrl: URL
  readonly isDryRun: boolean
  /** What was put right and should be known. */
  readonly notices: readonly string[]
}

/** @see https://docs.github.com/en/actions/reference/security/secrets */
const MAX_SECRET_BYTES = 48 * 1024

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

/**
 * Reads and checks every input. Secrets are masked before anything else.
 *
 * @throws RotationError with all problems in one message, `unchanged`
 */
export function readConfiguration(trigger: Trigger): Configuration {
  const problems: string[] = []
  const secrets = maskedSecrets([
    'refresh-token',
    'client-secret',
    'github-token',
  ])
  const reader = new InputReader(secrets, problems)

  const refusal = refuseTrigger(trigger)
  if (refusal !== undefined) problems.push(refusal)

  const notices: string[] = []
  const refreshToken = readRefreshToken(trigger, problems, notices)
  const client = readClient(reader)
  const issuer = reader.url('issuer')
  const tokenEndpoint = reader.url('token-endpoint')
  if (!reader.text('issuer') && !reader.text('token-endpoint')) {
    problems.push("'token-endpoint' or 'issuer' must be set.")
  }
  const scope = reader.text('scope')
  if (scope !== '' && !scopePattern.test(scope)) {
    problems.push(
      "'scope' must be scopes with one space between them (RFC 6749 section 3.3).",
    )
  }
  const tokenRequestParameters = readParameters(reader)
  const places = readPlaces(reader, trigger)
  const githubToken = reader.text('github-token')
  if (githubToken === '') {
    problems.push(
      "'github-token' is empty: it must be a fine-grained or installation token that may write the secrets. The built-in GITHUB_TOKEN can never do that.",
    )
  }
  const githubApiUrl = reader.url('github-api-url')
  const isDryRun = reader.boolean('dry-run')

  if (
    problems.length > 0 ||
    refreshToken === undefined ||
    client === undefined ||
    places.refreshTokenPlace === undefined ||
    githubApiUrl === undefined ||
    isDryRun === undefined
  ) {
    throw invalid(problems, refusal !== undefined)
  }
  return Object.freeze({
    client,
    ...(issuer && { issuer }),
    ...(tokenEndpoint && { tokenEndpoint }),
    ...(scope !== '' && { scope }),
    tokenRequestParameters,
    refreshToken,
    refreshTokenPlace: places.refreshTokenPlace,
    accessTokenPlaces: places.accessTokenPlaces,
    githubToken: new SecretValue(githubToken),
    githubApiUrl,
    isDryRun,
    notices,
  })
}

function invalid(
  problems: readonly string[],
  isRefused: boolean,
): RotationError {
  const what =
    problems.length === 1
      ? String(problems[0])
      : `${problems.length} things are wrong:\n${problems.map((problem) => `- ${problem}`).join('\n')}\n`
  return new RotationError(
    {
      code: isRefused ? 'TRIGGER_REFUSED' : 'CONFIGURATION_INVALID',
      what,
      remedy: isRefused
        ? 'Nothing was sent to anybody. Rotate on schedule and workflow_dispatch only.'
        : 'Nothing was sent to anybody. Correct the workflow and run it again.',
    },
    'unchanged',
  )
}

function maskedSecrets(names: readonly string[]): SecretValue[] {
  return names
    .map((name) => core.getInput(name))
    .filter((value) => value !== '')
    .map((value) => {
      core.setSecret(value)
      return new SecretValue(value)
    })
}

function readRefreshToken(
  trigger: Trigger,
  problems: string[],
  notices: string[],
): SecretValue | undefined {
  const given = core.getInput('refresh-token', { trimWhitespace: false })
  const refreshToken = given.trim()
  if (refreshToken === '') {
    problems.push(`'refresh-token' is empty. ${explainEmptySecret(trigger)}`)
    return undefined
  }
  if (/\s/.test(refreshToken)) {
    problems.push(
      "'refresh-token' has white space inside: it is more than one token, or something else.",
    )
  }
  if (Buffer.byteLength(refreshToken) > MAX_SECRET_BYTES) {
    problems.push(
      "'refresh-token' is larger than 48 KB, which is the most that GitHub keeps in a secret.",
    )
  }
  if (refreshToken !== given) {
    notices.push(
      "'refresh-token' had white space around it, which was left out.",
    )
  }
  return new SecretValue(refreshToken)
}

function readClient(reader: InputReader): Client | undefined {
  const { problems } = reader
  const id = reader.text('client-id')
  const secret = reader.text('client-secret')
  const authMethod = reader.text('client-auth-method')
  if (id === '') problems.push("'client-id' is empty.")
  if (authMethod !== '' && !isClientAuthMethod(authMethod)) {
    problems.push(
      `'client-auth-method' must be one of ${clientAuthMethods.join(', ')}, not ${reader.show(authMethod)}.`,
    )
    return undefined
  }
  if (authMethod === 'none' && secret !== '') {
    problems.push(
      "'client-auth-method' is none, but 'client-secret' is given: leave one of them out.",
    )
  }
  if (authMethod.startsWith('client_secret_') && secret === '') {
    problems.push(
      `'client-auth-method' is ${authMethod}, but 'client-secret' is empty.`,
    )
  }
  return {
    id,
    ...(secret !== '' && { secret: new SecretValue(secret) }),
    ...(isClientAuthMethod(authMethod) && { authMethod }),
  }
}

function isClientAuthMethod(text: string): text is ClientAuthMethod {
  return clientAuthMethods.some((method) => method === text)
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

interface Places {
  readonly refreshTokenPlace: Place | undefined
  readonly accessTokenPlaces: readonly Place[]
}

function readPlaces(reader: InputReader, trigger: Trigger): Places {
  const { problems } = reader
  const [owner = '', repository = ''] = trigger.repository.split('/')
  if (owner === '' || repository === '') {
    problems.push('GITHUB_REPOSITORY is not set: this is not a GitHub job.')
  }
  const current = { owner, repository }

  const text = reader.text('refresh-token-secret')
  if (text === '') problems.push("'refresh-token-secret' is empty.")
  const refreshTokenPlace =
    text === ''
      ? undefined
      : reader.place('refresh-token-secret', text, current)

  const taken = new Map<string, string>()
  if (refreshTokenPlace) {
    taken.set(canonicalPlace(refreshTokenPlace), "'refresh-token-secret'")
  }
  const accessTokenPlaces: Place[] = []
  for (const line of reader.lines('access-token-secrets')) {
    const place = reader.place('access-token-secrets', line, current)
    if (place === undefined) continue
    const id = canonicalPlace(place)
    const holder = taken.get(id)
    if (holder !== undefined) {
      problems.push(
        `'access-token-secrets': ${reader.show(line)} is the same secret as ${holder}.`,
      )
      continue
    }
    taken.set(id, reader.show(line))
    accessTokenPlaces.push(place)
  }
  return { refreshTokenPlace, accessTokenPlaces }
}
