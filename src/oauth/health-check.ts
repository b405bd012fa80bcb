import { request, type Dispatcher } from 'undici'

import type { Introspection } from '../rotation/decide.ts'
import type { Failure } from '../rotation/errors.ts'
import { nameError } from '../rotation/foreign-text.ts'
import type { HealthCheck, System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/secret-value.ts'

/** What tries a new access token. */
export type HealthCheckTarget = 'none' | 'introspection' | URL

export interface AccessTokenIntrospection {
  /** Never throws. */
  introspectAccessToken(accessToken: SecretValue): Promise<Introspection>
}

const DEADLINE_MILLISECONDS = 20_000
const MOST_TRIES = 3
const PAUSE_MILLISECONDS = 1000

/** One answer: good, bad, or one that says nothing and is asked for again. */
type Try =
  | { readonly kind: 'works' }
  | { readonly kind: 'fails'; readonly answer: string }
  | { readonly kind: 'unclear'; readonly answer: string }

/** Tries a new access token before anybody else gets it. */
export function createHealthCheck(
  target: Exclude<HealthCheckTarget, 'none'>,
  authorizationServer: AccessTokenIntrospection,
  dispatcher: Dispatcher,
  system: System,
): HealthCheck {
  return {
    async check(accessToken) {
      for (let tries = 1; ; tries++) {
        const result =
          target === 'introspection'
            ? await tryIntrospection(authorizationServer, accessToken)
            : await tryUrl(target, accessToken, dispatcher)
        if (result.kind === 'works') return undefined
        if (result.kind === 'fails' || tries === MOST_TRIES) {
          return failure(target, result.answer)
        }
        await system.sleep(PAUSE_MILLISECONDS * tries)
      }
    },
  }
}

async function tryIntrospection(
  authorizationServer: AccessTokenIntrospection,
  accessToken: SecretValue,
): Promise<Try> {
  switch (await authorizationServer.introspectAccessToken(accessToken)) {
    case 'alive':
      return { kind: 'works' }
    case 'dead':
      return { kind: 'fails', answer: 'the token is not active' }
    case 'unknown':
      return { kind: 'unclear', answer: 'no usable answer' }
  }
}

/** Redirects are not followed: the token is for this URL only. */
async function tryUrl(
  url: URL,
  accessToken: SecretValue,
  dispatcher: Dispatcher,
): Promise<Try> {
  try {
    const { statusCode, body } = await request(url, {
      method: 'GET',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${accessToken.reveal()}`,
        'user-agent': 'rotate-token',
      },
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      dispatcher,
    })
    await body.dump()
    if (statusCode >= 200 && statusCode < 300) return { kind: 'works' }
    const isForNow = statusCode >= 500 || statusCode === 429
    return {
      kind: isForNow ? 'unclear' : 'fails',
      answer: `HTTP ${statusCode}`,
    }
  } catch (thrown) {
    return { kind: 'unclear', answer: nameError(thrown) }
  }
}

function failure(
  target: Exclude<HealthCheckTarget, 'none'>,
  answer: string,
): Failure {
  const where =
    target === 'introspection'
      ? 'introspection'
      : target.origin + target.pathname
  return {
    code: 'HEALTH_CHECK_FAILED',
    what: `The check at ${where} said: ${answer}.`,
    remedy:
      "Check 'verify', 'scope' and what the client may do, then run the workflow again.",
  }
}
