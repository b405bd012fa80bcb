import { JUMP_SECONDS, windowsClock } from './histories.ts'
import { stateOf } from './chain.ts'
import { refreshAt } from './provider.ts'
import type { Step, Steps } from './steps.ts'
import { writeSecret, type Config, type Waiting, type World } from './world.ts'

/** What happens without a process of a run: time, people and new runs. */
export class Outside {
  readonly #config: Config
  readonly #steps: Steps
  readonly #isPlain: boolean

  constructor(config: Config, steps: Steps, isPlain: boolean) {
    this.#config = config
    this.#steps = steps
    this.#isPlain = isPlain
  }

  lateCommits(world: World): Step[] {
    return world.late.map((token, index) => {
      const [provider] = refreshAt(
        world.provider,
        token,
        windowsClock(world.now),
        this.#config,
      )
      const late = world.late.filter((_, each) => each !== index)
      return {
        label: `late commit of ${token}`,
        world: { ...world, provider, late },
      }
    })
  }

  /**
   * A run that is given the newest token may as well be queued right when it
   * starts; one with an older token, right before that is overwritten.
   */
  async starts(world: World): Promise<Step[]> {
    const steps: Step[] = []
    for (const [index, waiting] of world.waiting.entries()) {
      const isSame = (other: Waiting): boolean =>
        other.createdAt === waiting.createdAt &&
        other.snapshot === waiting.snapshot &&
        other.access === waiting.access
      if (world.waiting.findIndex(isSame) !== index) continue
      const started = {
        ...world,
        waiting: world.waiting.filter((_, each) => each !== index),
      }
      const label = `a run with ${waiting.snapshot} of ${waiting.createdAt} starts`
      steps.push(...(await this.#steps.start(started, waiting, label)))
    }
    if (world.runsLeft === 0) return steps
    const left = { ...world, runsLeft: world.runsLeft - 1 }
    const { secret, faultsLeft } = world
    const fresh = freshFrom(world)
    const tied = { ...fresh, createdAt: secret.updatedAt }
    if (this.#isPlain) {
      const add = (each: Waiting, faults: number): void => {
        steps.push({
          label: `queue a run at ${each.createdAt}`,
          world: {
            ...left,
            waiting: [...world.waiting, each],
            faultsLeft: faultsLeft - faults,
          },
        })
      }
      for (const each of withAndWithout(fresh)) add(each, 0)
      if (faultsLeft > 0) add(tied, 1)
      return steps
    }
    for (const each of withAndWithout(fresh)) {
      const given = each.access === undefined ? '' : ` with ${each.access}`
      const label = `a run starts${given}`
      steps.push(...(await this.#steps.start(left, each, label)))
    }
    if (faultsLeft > 0) {
      const faulty = { ...left, faultsLeft: faultsLeft - 1 }
      const label = 'a run of the second of the last write starts'
      steps.push(...(await this.#steps.start(faulty, tied, label)))
    }
    return steps
  }

  changes(world: World): Step[] {
    const steps: Step[] = []
    if (world.faultsLeft > 0 && world.newest !== 'g' && !hasGrant(world)) {
      const { provider } = world
      const granted: World = {
        ...world,
        faultsLeft: world.faultsLeft - 1,
        provider: { ...provider, live: [...provider.live, 'g0'] },
        newest: 'g',
        isExcused: false,
      }
      steps.push({
        label: 'a person stores a fresh grant',
        world: writeSecret(granted, 'g0', true),
      })
    }
    const { secret, secretBefore } = world
    const canPutBack =
      this.#config.putsBack === true &&
      world.faultsLeft > 0 &&
      world.isPutBack !== true &&
      secretBefore.value !== '' &&
      secretBefore.value !== secret.value
    if (canPutBack) {
      // What it held is gone, if it was the only copy.
      const faulty = { ...world, faultsLeft: world.faultsLeft - 1 }
      const written = writeSecret(faulty, secretBefore.value, false)
      steps.push({
        label: 'a person puts the token of before back',
        world: {
          ...written,
          isPutBack: true,
          isExcused: true,
          // Of two grants that he has stored, either may be left.
          isEither: true,
        },
      })
    }
    if (this.#canWait(world)) {
      steps.push({
        label: 'time passes',
        world: {
          ...world,
          now: world.now + JUMP_SECONDS,
          waitsLeft: world.waitsLeft - 1,
        },
      })
    }
    return steps
  }

  /**
   * Time does not jump while a request is on its way: a machine that freezes right
   * there is a gap that nobody can close.
   */
  #canWait(world: World): boolean {
    const { head, late, waitsLeft, now } = world
    if (waitsLeft === 0 || late.length > 0) return false
    const record = stateOf(head)
    const rest = record?.restUntil
    const isResting = rest !== undefined && now * 1000 < rest.getTime()
    // Nothing depends on the time while nobody holds the record or is about to.
    const isHeld = record?.claim !== undefined || this.#steps.isClaiming(world)
    return (isHeld || isResting) && !this.#steps.isSending(world)
  }
}

/** Queued in a later second than the secret was written; which one is no matter. */
export function freshFrom({ secret, access }: World): Waiting {
  return {
    createdAt: secret.updatedAt + 1,
    snapshot: secret.value,
    ...(access && { access: access.stored }),
  }
}

/** A run may be given the stored access token, or not; then it always rotates. */
export function withAndWithout(waiting: Waiting): Waiting[] {
  const { access, ...without } = waiting
  return access === undefined ? [waiting] : [waiting, without]
}

function hasGrant({ provider }: World): boolean {
  return (
    provider.live.includes('g0') ||
    provider.spent.some(({ token }) => token === 'g0')
  )
}

/**
 * When a step overwrites the secret, runs that were queued just before it have got
 * the old token. Whoever was queued earlier with the same token is in no other way.
 */
export function withStale(before: World, step: Step): Step[] {
  const { world } = step
  const steps = [step]
  const isSame =
    world.secret === before.secret &&
    world.access?.stored === before.access?.stored
  if (isSame) return steps
  const stale = freshFrom(before)
  for (let count = 1; count <= world.runsLeft; count++) {
    const queued = Array.from({ length: count }, () => stale)
    steps.push({
      ...step,
      label: `${step.label}, after ${count} were queued with ${stale.snapshot}`,
      world: {
        ...world,
        waiting: [...world.waiting, ...queued],
        runsLeft: world.runsLeft - count,
      },
    })
  }
  return steps
}
