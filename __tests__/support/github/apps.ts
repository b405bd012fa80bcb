import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'

import type { Clock } from '../clock.ts'
import type { Permissions } from './credential.ts'
import { LimitCounter, publishedLimits, type Limits } from './limits.ts'

/** Where an App is installed, and what for. */
export interface NewInstallation {
  /** A login; an organization's, unless the type says otherwise. */
  readonly account: string
  readonly accountType?: 'Organization' | 'User'
  readonly permissions: Permissions
  /** `owner/name` of each, or all of the account's. */
  readonly repositories: 'all' | readonly string[]
  readonly isSuspended?: boolean
  /** Of all its tokens together. */
  readonly limits?: Limits
}

export interface NewApp {
  readonly clientId: string
  /** PEM or an object. */
  readonly publicKey: string | KeyObject
  readonly installations: readonly NewInstallation[]
}

export interface Installation {
  readonly id: number
  readonly account: string
  readonly accountType: 'Organization' | 'User'
  readonly permissions: Permissions
  readonly repositories: 'all' | readonly string[]
  readonly createdAt: Date
  readonly limits: LimitCounter
  isSuspended: boolean
}

export interface App {
  readonly id: number
  readonly clientId: string
  readonly publicKey: KeyObject
  readonly installations: readonly Installation[]
  /** Of what it asks as itself. */
  readonly limits: LimitCounter
}

/** An installation token, as it was asked for. */
export interface MintedToken {
  readonly token: string
  readonly permissions: Permissions
  /** `owner/name` of each, or all of the account's. */
  readonly repositories: 'all' | readonly string[]
  /** When its bearer has given it back. */
  revokedAt?: Date
}

/** @param number how many there are already */
export function createApp(
  { clientId, publicKey, installations }: NewApp,
  number: number,
  clock: Clock,
): App {
  const id = 2001 + number
  return {
    id,
    clientId,
    publicKey:
      typeof publicKey === 'string' ? createPublicKey(publicKey) : publicKey,
    installations: installations.map(
      (
        {
          accountType = 'Organization',
          isSuspended = false,
          limits = publishedLimits,
          ...installation
        },
        index,
      ) => ({
        ...installation,
        id: id * 1000 + index,
        accountType,
        isSuspended,
        createdAt: clock.now(),
        limits: new LimitCounter(clock, limits),
      }),
    ),
    limits: new LimitCounter(clock, publishedLimits),
  }
}

/**
 * GitHub is on its way from the first form to the second, so nobody can know
 * which one comes: every other token has it.
 *
 * @see https://github.blog/changelog/2026-05-15-github-app-installation-tokens-per-request-override-header
 */
export function makeInstallationToken(appId: number, number: number): string {
  if (number % 2 === 0) {
    return `ghs_${randomBytes(18).toString('hex')}`
  }
  const parts = [
    Buffer.from('{"alg":"ES256","typ":"JWT"}'),
    Buffer.from(`{"jti":"${randomBytes(128).toString('hex')}"}`),
    randomBytes(64),
  ]
  const jwt = parts.map((part) => part.toString('base64url')).join('.')
  return `ghs_${appId}_${jwt}`
}
