import type { Cleared, RotationContext, Unfinished } from '../context.ts'

export type Due =
  { readonly kind: 'nothing' } | { readonly kind: 'rotation' } | Unfinished

/** End of step 3: anything not known to be valid is due. */
export function findDue(
  { rotation, keys, lease, tokens }: RotationContext,
  { record }: Cleared,
): Due {
  tokens.learn(record)
  // Places that are no longer configured are no longer written.
  const places = rotation.accessTokenPlaces.filter(({ id }) =>
    record.pendingPlaces.includes(keys.state.nameOf(id)),
  )
  const isDue =
    rotation.isForced || places.length > 0 || tokens.goodStored() === undefined
  if (!isDue) return { kind: 'nothing' }
  // The last distribution can be finished without a rotation when its access token is
  // at hand and valid for long enough, and nothing is indeterminate.
  const last = tokens.goodLast()
  const isWanted = !rotation.isForced && !rotation.isDryRun
  const isSettled =
    record.phase === 'idle' &&
    // A new grant has an access token of its own.
    lease.lane !== undefined
  return places.length > 0 && last && isSettled && isWanted
    ? { kind: 'distribution', accessToken: last.token, places }
    : { kind: 'rotation' }
}
