import type { RotationRecord } from '../../src/rotation/record/record.ts'
import {
  recordIn,
  stateOf,
  copiesIn,
  makeLink,
  toContent,
  type Link,
  viewFor,
} from './chain.ts'
import { endDistribution } from '../../src/rotation/record/transitions.ts'
import type { Call, Lies } from './process.ts'
import { toDate } from './process.ts'
import { isHeld, type Ablation, type World } from './world.ts'

type Move = Extract<Call, { kind: 'move' }>

/** Later than everything that happens. */
export const NEVER = 1e9

/** Lies inside of a process. */
export function liesOf(ablation: Ablation | undefined): Lies {
  return {
    staleCheck: ablation === 'stale-check',
    journal: ablation === 'journal',
    walk: ablation === 'walk',
    bound: ablation === 'bound',
  }
}

/** The versions as a process sees them: a date in one may say that all is well. */
export function showAll(head: Link, ablation: Ablation | undefined): Link {
  const record = recordIn(head.content)
  const shown = record && show(record, ablation)
  const below = head.below && showAll(head.below, ablation)
  if (shown === record && below === head.below) return head
  const { mac, escrow } = head.content
  const content =
    shown === record
      ? head.content
      : toContent({ version: 3, ...shown, escrow, mac })
  return makeLink(head.revision, content, below)
}

function show(
  record: RotationRecord,
  ablation: Ablation | undefined,
): RotationRecord {
  const { claim } = record
  if (claim === undefined) return record
  if (ablation === 'distribution-claim') return endDistribution(record)
  if (ablation === 'cooling') {
    return { ...record, claim: { ...claim, coolUntil: toDate(0) } }
  }
  // Nothing ever looks written since this claim.
  return ablation === 'guarded-redo'
    ? { ...record, claim: { ...claim, updatedAt: toDate(NEVER) } }
    : record
}

/**
 * What is not true of a transition: `forced` happens from whichever version,
 * `pretended` is acknowledged and changes nothing, `kept-out` is refused.
 */
export type MoveLie = 'forced' | 'pretended' | 'kept-out'

export function lieAbout(
  ablation: Ablation | undefined,
  world: World,
  move: Move,
  runId: string,
  isPost: boolean,
): MoveLie | undefined {
  switch (ablation) {
    case 'claim':
      return move.content['phase'] === 'claimed' && !isFence(world, move)
        ? 'forced'
        : undefined
    case 'take-over':
      // The fence of the post step is a safeguard of its own.
      return (!isPost && isFence(world, move)) || isTakeOver(world, move, runId)
        ? 'pretended'
        : undefined
    case 'post-fence':
      return isPost && isFence(world, move) ? 'pretended' : undefined
    case 'lenient':
      return isGivenBack(world, move) ? 'kept-out' : undefined
    case 'deposit-rule':
      return isDeposit(world, move) && isCovered(world, move)
        ? 'kept-out'
        : undefined
    case 'unfenced-escrow':
      return isDeposit(world, move) && !isHolder(world, runId)
        ? 'kept-out'
        : undefined
    default:
      return undefined
  }
}

/** Something that is not sent any more after it, with another state above. */
function isGivenBack(world: World, move: Move): boolean {
  return (
    'phase' in move.content &&
    !isFence(world, move) &&
    recordIn(move.content)?.phase === 'idle' &&
    isCovered(world, move)
  )
}

/** Whether there is a state that the holder of the token has not written. */
function isCovered({ head }: World, { content }: Move): boolean {
  const { replaces } = (content['escrow'] ?? {}) as { replaces?: string }
  const token = replaces ?? String(content['current'])
  return viewFor(head, token).unverified.length > 0
}

/** Only a fence says that it has just been made, and it leaves the escrow alone. */
function isFence(world: World, { content }: Move): boolean {
  const { claim, phase } = recordIn(content) ?? {}
  return (
    (phase === 'claimed' || phase === 'examining') &&
    claim?.fencedAt?.getTime() === claim?.heldSince.getTime() &&
    claim !== undefined &&
    !isDeposit(world, { content })
  )
}

function isTakeOver(world: World, { content }: Move, runId: string): boolean {
  return content['phase'] === 'examining' && !isHolder(world, runId)
}

function isDeposit(world: World, { content }: Pick<Move, 'content'>): boolean {
  const escrow = content['escrow'] as { token: string } | undefined
  return escrow !== undefined && !copiesIn(world.head).includes(escrow.token)
}

function isHolder({ head }: World, runId: string): boolean {
  const record = stateOf(head)
  return record !== undefined && isHeld(record, runId)
}
