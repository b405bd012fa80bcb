import type { RotationClass } from '../../src/rotation/record/rotation-class.ts'

/** An authorization server with one user: which refresh tokens it accepts. */
export interface Provider {
  /** Accepted now. */
  readonly live: readonly string[]
  readonly spent: readonly Spent[]
  readonly issued: number
}

interface Spent {
  readonly token: string
  readonly at: number
  /** The tokens that were issued for it. */
  readonly successors: readonly string[]
}

export interface ProviderClass {
  readonly rotationClass: RotationClass
  readonly graceSeconds: number
}

/** The new token; the presented one when it stays; undefined when it is dead. */
export type Issue = string | undefined

/** Tokens of one grant begin with one letter. */
export function familyOf(token: string): string {
  return token.charAt(0)
}

/** What one refresh does, by class. */
export function refreshAt(
  provider: Provider,
  token: string,
  now: number,
  { rotationClass, graceSeconds }: ProviderClass,
): [Provider, Issue] {
  const spent = provider.spent.find((each) => each.token === token)
  if (provider.live.includes(token)) {
    if (rotationClass === 'non-rotating') return [provider, token]
    return issue(provider, token, now, rotationClass)
  }
  if (spent === undefined) return [provider, undefined]
  if (rotationClass === 'grace' && now < spent.at + graceSeconds) {
    return issue(provider, token, now, rotationClass)
  }
  if (rotationClass === 'confirm-on-use') return [provider, undefined]
  // A replay: the whole family is revoked.
  const live = provider.live.filter(
    (each) => familyOf(each) !== familyOf(token),
  )
  return [{ ...provider, live }, undefined]
}

function issue(
  provider: Provider,
  token: string,
  now: number,
  rotationClass: RotationClass,
): [Provider, Issue] {
  const successor = `${familyOf(token)}${provider.issued + 1}`
  const before = provider.spent.find((each) => each.token === token)
  const entry: Spent = {
    token,
    // Only a grace period counts from there.
    at: rotationClass === 'grace' ? (before?.at ?? now) : 0,
    successors: [...(before?.successors ?? []), successor],
  }
  const retired =
    rotationClass === 'confirm-on-use'
      ? // Using a token is what retires those that it came from.
        ancestors(provider, token)
      : [token]
  return [
    {
      live: [
        ...provider.live.filter((each) => !retired.includes(each)),
        successor,
      ],
      spent: [...provider.spent.filter((each) => each.token !== token), entry],
      issued: provider.issued + 1,
    },
    successor,
  ]
}

function ancestors(provider: Provider, token: string): string[] {
  const parents = provider.spent
    .filter(({ successors }) => successors.includes(token))
    .map((each) => each.token)
  return [...parents, ...parents.flatMap((each) => ancestors(provider, each))]
}

/** Whether a refresh with the token would succeed. */
export function accepts(
  { live, spent }: Provider,
  token: string,
  now: number,
  { rotationClass, graceSeconds }: ProviderClass,
): boolean {
  const since = spent.find((each) => each.token === token)?.at
  return (
    live.includes(token) ||
    (rotationClass === 'grace' &&
      since !== undefined &&
      now < since + graceSeconds)
  )
}

/** All that was issued for a token, and for those, and so on. */
export function descendants(provider: Provider, token: string): string[] {
  const children =
    provider.spent.find((each) => each.token === token)?.successors ?? []
  return [
    ...children,
    ...children.flatMap((each) => descendants(provider, each)),
  ]
}
