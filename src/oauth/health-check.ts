import * as oauth from 'oauth4webapi'
import type { Dispatcher } from 'undici'

import type { Failure } from '../rotation/outcome/errors.ts'
import {
  MACHINE_TRUST_REMEDY,
  explainConnection,
} from '../rotation/outcome/foreign-text.ts'
import type { HealthCheck, System } from '../rotation/ports.ts'
import type { SecretValue } from '../rotation/tokens/secret-value.ts'
import type { RunningAuthorizationServer } from './authorization-server.ts'
import { TRUST_REMEDY, createFetch } from './fetch.ts'
import { fitsHeader } from './request-shape.ts'

export type HealthCheckTarget = 'none' | 'introspection' | 'userinfo' | URL

const DEADLINE_MILLISECONDS = 20_000
const MAX_TRIES = 3
const PAUSE_MILLISECONDS = 1000

/** One answer; an unclear one is asked for again. */
type Try =
  | { readonly kind: 'works' }
  | { readonly kind: 'fails'; readonly answer: string }
  | { readonly kind: 'unclear'; readonly answer: string }

export function createHealthCheck(
  target: Exclude<HealthCheckTarget, 'none'>,
  authorizationServer: RunningAuthorizationServer,
  dispatcher: Dispatcher,
  system: System,
): HealthCheck {
  async function tryOnce(accessToken: SecretValue): Promise<Try> {
    if (target === 'introspection') {
      return tryIntrospection(authorizationServer, accessToken)
    }
    const url =
      target === 'userinfo'
        ? await authorizationServer.userinfoEndpoint()
        : target
    if (url === undefined) throw new TypeError('no userinfo endpoint')
    return tryUrl(
      url,
      accessToken,
      authorizationServer.dpop(),
      dispatcher,
      target === 'userinfo' ? TRUST_REMEDY : MACHINE_TRUST_REMEDY,
    )
  }

  return {
    async check(accessToken) {
      if (target !== 'introspection' && !fitsHeader(accessToken.reveal())) {
        return unsendable
      }
      for (let tries = 1; ; tries++) {
        const result = await tryOnce(accessToken)
        if (result.kind === 'works') return undefined
        if (result.kind === 'fails' || tries === MAX_TRIES) {
          return failure(target, result.answer)
        }
        await system.sleep(PAUSE_MILLISECONDS * tries)
      }
    },
  }
}

async function tryIntrospection(
  authorizationServer: RunningAuthorizationServer,
  accessToken: SecretValue,
): Promise<Try> {
  switch (await authorizationServer.introspectAccessToken(accessToken)) {
    case 'active':
      return { kind: 'works' }
    case 'inactive':
      return { kind: 'fails', answer: 'the token is not active' }
    case 'unknown':
      return { kind: 'unclear', answer: 'no usable answer' }
  }
}

/** Redirects are not followed: the token is for this URL only. */
async function tryUrl(
  url: URL,
  accessToken: SecretValue,
  dpop: oauth.DPoPHandle | undefined,
  dispatcher: Dispatcher,
  trustRemedy: string,
): Promise<Try> {
  const fetch = createFetch(dispatcher, false)
  let status: number | undefined
  try {
    await oauth.protectedResourceRequest(
      accessToken.reveal(),
      'GET',
      url,
      new Headers({ accept: 'application/json', 'user-agent': 'rotate-token' }),
      null,
      {
        signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
        ...(dpop && { DPoP: dpop }),
        // `exchange` checks the address.
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: async (address, init) => {
          const response = await fetch(address, init)
          status = response.status
          return response
        },
      },
    )
  } catch (thrown) {
    // The library throws for a challenge, after an answer has arrived.
    if (status === undefined) {
      const answer = explainConnection(thrown, url.host, trustRemedy)
      return { kind: 'unclear', answer }
    }
    if (dpop && status === 401 && oauth.isDPoPNonceError(thrown)) {
      return { kind: 'unclear', answer: 'it requires a DPoP nonce' }
    }
  }
  if (status === undefined) return { kind: 'unclear', answer: 'no answer' }
  if (status >= 200 && status < 300) return { kind: 'works' }
  const isForNow = status >= 500 || status === 429
  return { kind: isForNow ? 'unclear' : 'fails', answer: `HTTP ${status}` }
}

const unsendable: Failure = {
  code: 'HEALTH_CHECK_FAILED',
  what: 'It has characters that a header cannot carry, so it was not sent to be verified.',
  remedy:
    "Set 'verify' to introspection, which sends the token in a form, or remove it.",
}

function failure(
  target: Exclude<HealthCheckTarget, 'none'>,
  answer: string,
): Failure {
  const where = target instanceof URL ? target.origin + target.pathname : target
  return {
    code: 'HEALTH_CHECK_FAILED',
    what: `The health check at ${where} failed: ${answer}.`,
    remedy:
      "Check 'verify', 'scope' and what the client is allowed to do, then run the workflow again.",
  }
}
