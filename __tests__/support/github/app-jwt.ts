import { verify } from 'node:crypto'

import { error, type Answer } from './answer.ts'
import type { App } from './apps.ts'

/** The most that GitHub lets a JWT live. */
const MAX_SECONDS = 600

/**
 * Finds the App that a JWT is of. The times in it count by the stand-in's
 * clock, to the second and with no allowance.
 *
 * @returns the App, or what GitHub answers to such a token
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function readAppToken(
  token: string,
  apps: ReadonlyMap<string, App>,
  now: Date,
): { readonly app: App } | { readonly refusal: Answer } {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { alg } = decode(header)
  const { iss, exp, iat } = decode(payload)
  const undecodable = {
    refusal: error(401, 'A JSON web token could not be decoded'),
  }
  if (alg !== 'RS256' || token.split('.').length !== 3) return undecodable
  const app = apps.get(String(iss))
  if (app === undefined) return { refusal: error(404, 'Integration not found') }
  const isGenuine = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!isGenuine) return undecodable
  const problem = explainTimes(exp, iat, now.getTime() / 1000)
  return problem === undefined ? { app } : { refusal: error(401, problem) }
}

function explainTimes(
  exp: unknown,
  iat: unknown,
  now: number,
): string | undefined {
  if (typeof exp !== 'number' || exp <= now) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
  }
  if (exp > now + MAX_SECONDS) {
    return "'Expiration time' claim ('exp') is too far in the future"
  }
  if (!Number.isInteger(iat) || (iat as number) > now) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
  }
  return undefined
}

function decode(part: string): Readonly<Record<string, unknown>> {
  try {
    const text = Buffer.from(part, 'base64url').toString('utf8')
    return (JSON.parse(text) ?? {}) as Record<string, unknown>
  } catch {
    return {}
  }
}
