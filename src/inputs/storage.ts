import { createHash } from 'node:crypto'

import { canonicalPlace, type Place } from '../github/places.ts'
import type { RecordAddress } from '../github/record.ts'
import { SecretValue } from '../rotation/secret-value.ts'
import type { Trigger } from '../trigger.ts'
import type { InputReader } from './reader.ts'

/** Where the tokens go, where the record is, and what may write them. */
export interface StorageInputs {
  readonly refreshTokenPlace: Place
  readonly accessTokenPlaces: readonly Place[]
  /** The same for every run of one credential, so that a left probe is found. */
  readonly probeName: string
  readonly githubToken: SecretValue
  readonly githubApiUrl: URL
  /** Unset: given up with `record: none`. */
  readonly record?: RecordAddress & { readonly token: SecretValue }
  readonly usesEscrow: boolean
}

const MOST_ID_CHARACTERS = 64

/** @returns undefined where nothing can be made of what was given */
export function readStorage(
  reader: InputReader,
  trigger: Trigger,
): StorageInputs | undefined {
  const { problems } = reader
  const places = readPlaces(reader, trigger)
  const githubToken = reader.text('github-token')
  if (githubToken === '') {
    problems.push(
      "'github-token' is empty: it must be a fine-grained or installation token that may write the secrets. The built-in GITHUB_TOKEN can never do that.",
    )
  }
  const githubApiUrl = reader.url('github-api-url')
  const usesEscrow = reader.boolean('escrow')
  if (places === undefined || githubApiUrl === undefined) {
    readRecord(reader, trigger, 'unknown')
    return undefined
  }
  const digest = createHash('sha256')
    .update(canonicalPlace(places.refreshTokenPlace))
    .digest('hex')
    .slice(0, 8)
  const record = readRecord(
    reader,
    trigger,
    defaultRecordId(places.refreshTokenPlace, digest),
  )
  return {
    ...places,
    probeName: `ROTATE_TOKEN_PROBE_${digest.toUpperCase()}`,
    githubToken: new SecretValue(githubToken),
    githubApiUrl,
    usesEscrow,
    ...(record && { record }),
  }
}

/** Readable, and another one for each secret of any scope. */
function defaultRecordId({ name }: Place, digest: string): string {
  const readable = name
    .toLowerCase()
    .replaceAll('_', '-')
    .slice(0, MOST_ID_CHARACTERS - digest.length - 1)
  return `${readable}-${digest}`
}

function readRecord(
  reader: InputReader,
  trigger: Trigger,
  defaultId: string,
): StorageInputs['record'] {
  const text = reader.text('record')
  if (text === 'none') return undefined
  const token = reader.text('record-token')
  if (token === '') {
    reader.problems.push(
      "'record-token' is empty: it must be a token that may write the contents of the record's repository. Left out, it is the token of the job.",
    )
  }
  const full = text.includes('#') ? text : `${trigger.repository}#${text}`
  const [, owner = '', repository = '', id = ''] =
    /^([\w-]+)\/([\w.-]+)#(.*)$/.exec(full) ?? []
  const isId = id === '' ? text === '' : /^[a-z0-9-]{1,64}$/.test(id)
  if (owner === '' || !isId) {
    reader.problems.push(
      `'record' must be an id of 1 to ${MOST_ID_CHARACTERS} lower-case letters, digits and -, or OWNER/REPOSITORY#ID, or none, not ${reader.show(text)}.`,
    )
  }
  return {
    owner,
    repository,
    id: id === '' ? defaultId : id,
    token: new SecretValue(token),
  }
}

interface Places {
  readonly refreshTokenPlace: Place
  readonly accessTokenPlaces: readonly Place[]
}

function readPlaces(reader: InputReader, trigger: Trigger): Places | undefined {
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
  return refreshTokenPlace && { refreshTokenPlace, accessTokenPlaces }
}
