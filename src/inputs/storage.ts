import { createHash } from 'node:crypto'

import type { Authorization } from '../github/access.ts'
import {
  canonicalPlace,
  isRepository,
  type CurrentRepository,
  type Place,
} from '../github/places.ts'
import type { RecordAddress } from '../github/git-record-store.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { Trigger } from './trigger.ts'
import { readAuthorization, webUrlOf, type OwnGitHub } from './authorization.ts'
import type { InputReader } from './reader.ts'

/** Where the tokens and the record are kept, and what may write them. */
export interface Storage {
  readonly places: Places
  readonly github: GitHub
  /** Unset with `record: none`. Without a token of its own, the App writes it. */
  readonly record?: RecordAddress & { readonly token?: SecretValue }
}

interface Places {
  readonly refreshTokenPlace: Place
  readonly accessTokenPlaces: readonly Place[]
  /** The same in every run of one credential, so that a left-over probe is found. */
  readonly probeName: string
}

interface GitHub {
  readonly authorization: Authorization
  readonly apiUrl: URL
  /** The web URL of the same GitHub. */
  readonly webUrl: URL
  readonly currentRepository: CurrentRepository
}

const MAX_ID_CHARACTERS = 64

/** @returns undefined when the inputs are unusable */
export function readStorage(
  reader: InputReader,
  trigger: Trigger,
  own: OwnGitHub,
): Storage | undefined {
  const currentRepository = readCurrentRepository(reader, trigger)
  const places = readPlaces(reader, currentRepository)
  const authorization = readAuthorization(reader)
  if (places && authorization?.kind === 'app') refuseUserPlaces(reader, places)
  const apiUrl = reader.url('github-api-url')
  const isApp = reader.text('app-client-id') !== ''
  if (
    places === undefined ||
    authorization === undefined ||
    apiUrl === undefined
  ) {
    readRecord(reader, trigger, 'unknown', isApp)
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
    isApp,
  )
  return {
    places: {
      ...places,
      probeName: `ROTATE_TOKEN_PROBE_${digest.toUpperCase()}`,
    },
    github: {
      authorization,
      apiUrl,
      webUrl: webUrlOf(apiUrl, own),
      currentRepository,
    },
    ...(record && { record }),
  }
}

/** Readable, and different for each secret of any scope. */
function defaultRecordId({ name }: Place, digest: string): string {
  const readable = name
    .toLowerCase()
    .replaceAll('_', '-')
    .slice(0, MAX_ID_CHARACTERS - digest.length - 1)
  return `${readable}-${digest}`
}

function readRecord(
  reader: InputReader,
  trigger: Trigger,
  defaultId: string,
  isApp: boolean,
): Storage['record'] {
  const text = reader.text('record')
  if (text === 'none') return undefined
  const token = reader.secret('record-token')
  if (token === '' && !isApp) {
    reader.problems.push(
      "'record-token' is empty: it must be a token that is allowed to write the contents of the record's repository. If you omit the input, it is the token of the job. It may be empty only with 'app-client-id': the App then writes the record.",
    )
  }
  const full = text.includes('#') ? text : `${trigger.repository}#${text}`
  const [, owner = '', repository = '', id = ''] =
    /^([\w-]+)\/([\w.-]+)#(.*)$/.exec(full) ?? []
  const isId = id === '' ? text === '' : /^[a-z0-9-]{1,64}$/.test(id)
  if (!isRepository({ owner, repository }) || !isId) {
    reader.problems.push(
      `'record' must be an id of 1 to ${MAX_ID_CHARACTERS} lower-case letters, digits and -, or OWNER/REPOSITORY#ID, or none, not ${reader.show(text)}.`,
    )
  }
  return {
    owner,
    repository,
    id: id === '' ? defaultId : id,
    ...(token !== '' && { token: new SecretValue(token) }),
  }
}

function readCurrentRepository(
  { problems }: InputReader,
  trigger: Trigger,
): CurrentRepository {
  const [owner = '', repository = ''] = trigger.repository.split('/')
  if (!isRepository({ owner, repository })) {
    problems.push(
      'GITHUB_REPOSITORY is not the name of a repository: this is not a GitHub job.',
    )
  }
  return { owner, repository }
}

function readPlaces(
  reader: InputReader,
  current: CurrentRepository,
): Omit<Places, 'probeName'> | undefined {
  const { problems } = reader
  const text = reader.text('refresh-token-secret')
  if (text === '') problems.push("'refresh-token-secret' is empty.")
  const refreshTokenPlace =
    text === ''
      ? undefined
      : reader.place('refresh-token-secret', text, current)

  if (refreshTokenPlace && refreshTokenPlace.store !== 'actions') {
    problems.push(
      `'refresh-token-secret': ${reader.show(text)} is a secret that no workflow can read back, so the next run would present the old refresh token. Such places are for 'access-token-secrets'.`,
    )
  }
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

/** No GitHub App can write them. */
function refuseUserPlaces(
  { problems }: InputReader,
  { accessTokenPlaces }: Pick<Places, 'accessTokenPlaces'>,
): void {
  if (accessTokenPlaces.every(({ holder }) => holder.kind !== 'user')) return
  problems.push(
    "'access-token-secrets': no GitHub App can write user/codespaces/NAME; that requires a token of this user in 'github-token'.",
  )
}
