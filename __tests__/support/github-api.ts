import type { Dispatcher } from 'undici'

import { createApi, type Api, type ApiOptions } from '../../src/github/api.ts'
import {
  GivenToken,
  kindOf,
  type Credential,
} from '../../src/github/credential.ts'
import { openPlaces, type PlacesOf } from '../../src/github/secrets.ts'
import type { Place } from '../../src/github/places.ts'
import type { SecretPlace } from '../../src/rotation/ports.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { TestSystem } from './test-system.ts'

export const webUrl = new URL('https://github.com')

/** A token in `github-token`. */
export function given(
  text: string,
  warn: (line: string) => void = () => undefined,
): Credential {
  const token = new SecretValue(text)
  return new GivenToken(token, kindOf(token), 'github-token', webUrl, warn)
}

/** The adapter's API on a stand-in, with time that passes only while it sleeps. */
export function openApi(
  url: string,
  dispatcher: Dispatcher,
  options: Partial<ApiOptions> = {},
): Api {
  return createApi({
    baseUrl: new URL(url),
    webUrl,
    credential: given('token'),
    userAgent: 'rotate-token/test',
    dispatcher,
    system: new TestSystem(),
    learnTime: () => undefined,
    info: () => undefined,
    quote: (text) => text,
    attemptMilliseconds: 10_000,
    ...options,
  })
}

/** Opens places that are all written with one API. */
export function openAll(
  api: Api,
  refreshTokenPlace: Place,
  accessTokenPlaces: readonly Place[] = [],
): PlacesOf<SecretPlace> {
  return openPlaces(
    { refreshTokenPlace, accessTokenPlaces, probeName: 'ROTATE_TOKEN_PROBE_1' },
    {
      apiFor: () => api,
      current: { owner: 'acme', repository: 'web' },
      tell: { warning: () => undefined, info: () => undefined },
    },
  )
}
