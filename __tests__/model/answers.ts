import {
  makeLink,
  recordIn,
  stateOf,
  viewFor,
  type Content,
  type Link,
} from './chain.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { lieAbout, NEVER, showAll } from './ablations.ts'
import { windowsClock } from './histories.ts'
import { noFailure, toDate, type Answers, type Call } from './process.ts'
import { familyOf, refreshAt } from './provider.ts'
import {
  checkSend,
  isHeld,
  runOf,
  withRun,
  writeSecret,
  type Config,
  type Secret,
  type Violation,
  type World,
} from './world.ts'

export type Answer = Answers[keyof Answers]

/** One way in which a call can end. */
export interface Outcome {
  readonly world: World
  /** Undefined: the process is dead before it gets the answer. */
  readonly answer?: Answer
  readonly isFault: boolean
  readonly label: string
  readonly violation?: Violation
}

/** Who asks. */
export interface Caller {
  readonly index: number
  readonly isPost: boolean
  /** When the secret was written last, as this process was shown. */
  readonly looked: number
}

/** A run of somebody else's, which goes on for ever. */
export const SOMEBODY = '99'

/** Makes a version of the record, with a name that nobody has for another one. */
export type MakeVersion = (world: World, content: Content) => Link

/** All that can come of a call; the first is what happens without a fault. */
export function outcomesOf(
  world: World,
  call: Call,
  caller: Caller,
  config: Config,
  makeVersion: MakeVersion,
): Outcome[] {
  switch (call.kind) {
    case 'read':
      return [
        ok(world, read(world.head, config)),
        ...(world.headBefore === world.head
          ? []
          : [fault(world, 'lags', read(world.headBefore, config))]),
        fault(world, 'fails', 'failure'),
      ]
    case 'inspect':
    case 'inspectOnce':
      return [
        ok(world, inspect(world, world.secret)),
        ...(world.secretBefore === world.secret
          ? []
          : [fault(world, 'lags', inspect(world, world.secretBefore))]),
      ]
    case 'hasEnded': {
      const run = world.runs[Number(call.runId)]
      const isRunning =
        call.runId === SOMEBODY || (typeof run === 'object' && !run.hasEnded)
      const word = isRunning ? 'running' : 'ended'
      return [ok(world, config.isShared ? 'unknown' : word)]
    }
    case 'introspect':
      return [ok(world, introspect(world, call.token, config))]
    case 'move':
      return move(world, call, caller, config, makeVersion)
    case 'refresh':
      return refresh(world, call.token, caller, config)
    case 'write':
      return write(world, call.token, caller, config)
    case 'distribute':
      return distribute(world, call.token, caller)
  }
}

function ok(world: World, answer: Answer): Outcome {
  return { world, answer, isFault: false, label: 'ok' }
}

function fault(world: World, label: string, answer: Answer): Outcome {
  return { world, answer, isFault: true, label }
}

function read(head: Link | undefined, { ablation }: Config): Answers['read'] {
  return head === undefined ? 'nothing' : showAll(head, ablation)
}

function inspect({ now }: World, { updatedAt }: Secret): Answers['inspect'] {
  return once(`inspect ${updatedAt} ${now}`, () => ({
    updatedAt: toDate(updatedAt),
    readAt: toDate(now),
  }))
}

const answers = new Map<string, object>()

/** One object for equal answers: that makes it quick to see that they are. */
function once<T extends object>(key: string, make: () => T): T {
  const known = answers.get(key)
  if (known !== undefined) return known as T
  const answer = make()
  answers.set(key, answer)
  return answer
}

const acknowledged = new WeakMap<Link, Answers['move']>()

function movedTo(head: Link): Answers['move'] {
  const known = acknowledged.get(head)
  if (known !== undefined) return known
  const answer: Answers['move'] = { kind: 'moved', link: head }
  acknowledged.set(head, answer)
  return answer
}

const unreachable: Answers['move'] = {
  kind: 'unreachable',
  failure: noFailure,
}
const refusedMove: Answers['move'] = { kind: 'refused' }
const refusedWrite: Answers['write'] = { kind: 'refused', failure: noFailure }
const distribution: Answers['distribute'] = {
  kind: 'written',
  isNew: false,
  at: toDate(0),
}
const indeterminate: Answers['refresh'] = {
  kind: 'indeterminate',
  answer: 'lost',
}

function introspect(
  { provider }: World,
  token: string,
  { canIntrospect }: Config,
): Answers['introspect'] {
  if (!canIntrospect) return 'unknown'
  return provider.live.includes(token) ? 'active' : 'inactive'
}

function move(
  world: World,
  call: Extract<Call, { kind: 'move' }>,
  { index, isPost }: Caller,
  { ablation }: Config,
  makeVersion: MakeVersion,
): Outcome[] {
  const { from, content } = call
  const { isDeaf } = runOf(world, index)
  const lie = lieAbout(ablation, world, call, String(index), isPost)
  const isNewest = world.head?.revision === from
  if (lie === 'pretended') {
    const head = makeLink(from ?? '', content, world.head)
    return [ok(world, movedTo(showAll(head, ablation)))]
  }
  if (lie === 'kept-out' || (!isNewest && lie !== 'forced')) {
    return isDeaf
      ? [ok(world, unreachable)]
      : [ok(world, refusedMove), fault(world, 'unreachable', unreachable)]
  }
  const head = makeVersion(world, content)
  const replaced = world.head?.content
  const moved: World = {
    ...world,
    head,
    headBefore: world.head,
    ...(world.attacksLeft > 0 &&
      replaced &&
      !world.past.includes(replaced) && { past: [...world.past, replaced] }),
  }
  if (isDeaf) {
    return [
      { ...ok(moved, unreachable), label: 'unacknowledged' },
      { ...ok(world, unreachable), label: 'lost' },
    ]
  }
  const violation: Violation | undefined =
    !world.isReset && goesBack(world.head, content)
      ? 'I6: the sequence goes back'
      : undefined
  return [
    {
      ...ok(moved, movedTo(showAll(head, ablation))),
      ...(violation && { violation }),
    },
    fault(world, 'lost', unreachable),
    fault(moved, 'unacknowledged', unreachable),
    ...[world, moved].map((then) =>
      fault(
        withRun(then, index, { ...runOf(then, index), isDeaf: true }),
        then === moved
          ? 'unacknowledged, as all that follow'
          : 'lost, and nothing that follows is acknowledged',
        unreachable,
      ),
    ),
    { world: moved, isFault: true, label: 'crash after it' },
  ]
}

/** Below what the same token, or the one that it replaces, has said before. */
function goesBack(head: Link | undefined, content: Content): boolean {
  const next = recordIn(content)
  if (next === undefined) return false
  const { lane } = viewFor(head, next.current)
  return lane !== undefined && next.sequence < lane.record.sequence
}

function refresh(
  world: World,
  token: string,
  { index }: Caller,
  config: Config,
): Outcome[] {
  const violation = checkSend(world, token, String(index), config)
  const [provider, issue] = refreshAt(
    world.provider,
    token,
    windowsClock(world.now),
    config,
  )
  const { access } = world
  const number = access && access.issued + 1
  const done: World = {
    ...world,
    provider,
    ...(access &&
      number !== undefined &&
      issue !== undefined && { access: { ...access, issued: number } }),
  }
  // Where the old token dies at a refresh, a lost reply takes the new one along.
  const isExcused =
    world.isExcused ||
    (familyOf(token) === world.newest &&
      (config.rotationClass === 'strict' || config.rotationClass === 'grace'))
  const lost = { ...done, isExcused }
  const outcomes: Outcome[] = [
    ok(done, answerOf(token, issue, number)),
    fault(world, 'request lost', indeterminate),
    fault(lost, 'reply lost', indeterminate),
    fault(
      { ...world, late: [...world.late, token], isExcused },
      'late commit',
      indeterminate,
    ),
    { world: lost, isFault: true, label: 'crash after it' },
  ]
  return violation
    ? outcomes.map((outcome) => ({ ...outcome, violation }))
    : outcomes
}

function answerOf(
  token: string,
  issue: string | undefined,
  accessNumber: number | undefined,
): Answers['refresh'] {
  return issue === undefined
    ? once('invalid-grant', () => ({
        kind: 'invalid-grant',
        answer: 'invalid_grant',
      }))
    : once(`issued ${token} ${issue} ${accessNumber}`, () => ({
        kind: 'issued',
        tokens: {
          refreshToken: new SecretValue(issue),
          ...(accessNumber === undefined
            ? { accessToken: new SecretValue(`access-${token}`) }
            : {
                accessToken: new SecretValue(`a${accessNumber}`),
                // Good for ever.
                expiresInSeconds: NEVER,
                issuedAt: toDate(0),
              }),
        },
        defects: [],
      }))
}

function write(
  world: World,
  token: string,
  { looked, index }: Caller,
  { rotationClass }: Config,
): Outcome[] {
  const { secret, head } = world
  const { grantedAt } = secret
  const isOverGrant =
    grantedAt !== undefined && familyOf(secret.value) !== familyOf(token)
  // A person's write after the last look is a gap that nobody can close, and then
  // the grant of the run is the one that is left, unless a run has the other one.
  const isGap = isOverGrant && looked < grantedAt
  const isUsed = world.provider.spent.some(
    (spent) => spent.token === secret.value,
  )
  const late: World = {
    ...writeSecret(world, token, false),
    ...(isGap && !isUsed && { newest: familyOf(token) }),
    // Two grants were at work, neither of which can tell the other from noise: either is
    // left. The run with the other one says so, and prints its copy.
    ...(isGap && isUsed && { isEither: true }),
  }
  // Inside a grace period nobody waits for a run that was declared dead, so its
  // write may be that late: the other gap, a freeze after the fence.
  const isOvertaken =
    rotationClass === 'grace' &&
    runOf(world, index).hasEnded &&
    !isHolding(head, index) &&
    secret.value !== token
  const written = isOvertaken ? { ...late, isExcused: true } : late
  const done = once(`written ${written.now}`, () => ({
    kind: 'written' as const,
    isNew: false,
    at: toDate(written.now),
  }))
  const landed: Outcome[] = [
    ok(written, done),
    fault(written, 'unacknowledged', refusedWrite),
    fault(written, 'unacknowledged, to be repeated', 'again'),
    { world: written, isFault: true, label: 'crash after it' },
  ]
  const violation: Violation = 'I1: the grant of a person is overwritten'
  return [
    ...(isOverGrant && !isGap
      ? landed.map((outcome) => ({ ...outcome, violation }))
      : landed),
    fault(world, 'refused', refusedWrite),
    fault(world, 'failed for now', 'again'),
  ]
}

function isHolding(head: Link | undefined, index: number): boolean {
  const record = stateOf(head)
  return record !== undefined && isHeld(record, String(index))
}

function distribute(world: World, token: string, { index }: Caller): Outcome[] {
  const { access, head } = world
  if (access === undefined) throw new Error('no place')
  // Nobody waits for the distribution of a run that was declared dead, so its write may
  // be that late: the gap of a freeze after the last look at the record.
  const isLate =
    runOf(world, index).hasEnded &&
    !isHolding(head, index) &&
    stateOf(head)?.accessToken?.id !== token
  const written: World = {
    ...world,
    access: { ...access, stored: token, isLate },
  }
  return [
    ok(written, distribution),
    fault(written, 'unacknowledged', refusedWrite),
    fault(written, 'unacknowledged, to be repeated', 'again'),
    { world: written, isFault: true, label: 'crash after it' },
    fault(world, 'refused', refusedWrite),
    fault(world, 'failed for now', 'again'),
  ]
}
