import { lieAbout, NEVER } from './ablations.ts'
import { recordIn } from './chain.ts'
import { outcomesOf, type MakeVersion, type Outcome } from './answers.ts'
import { windowsClock, type Histories } from './histories.ts'
import type { Call, ProcessSpec } from './process.ts'
import {
  checkDurability,
  endIfOver,
  loseMachine,
  runOf,
  withRun,
  type Config,
  type Run,
  type Violation,
  type Waiting,
  type World,
} from './world.ts'

/** Something that happens, and what the world is like then. */
export interface Step {
  readonly world: World
  readonly label: string
  readonly violation?: Violation
  /** Of a run that has ended with this step. */
  readonly outcome?: string
}

type Which = 'main' | 'post'

/** What the processes of the runs can do next, and what can be done to them. */
export class Steps {
  readonly #config: Config
  readonly #histories: Histories
  readonly #makeVersion: MakeVersion

  constructor(config: Config, histories: Histories, makeVersion: MakeVersion) {
    this.#config = config
    this.#histories = histories
    this.#makeVersion = makeVersion
  }

  /** A run gets its job and takes its first reading. */
  async start(before: World, waiting: Waiting, label: string): Promise<Step[]> {
    const world = { ...before, now: Math.max(before.now, waiting.createdAt) }
    const free = world.runs.indexOf(undefined)
    const index = free === -1 ? world.runs.length : free
    const { rotationClass, graceSeconds, ablation } = this.#config
    const spec: ProcessSpec = {
      runId: String(index),
      createdAt: ablation === 'fresh' ? NEVER : waiting.createdAt,
      presented: waiting.snapshot,
      facts: { rotationClass, graceSeconds },
      usesEscrow: ablation !== 'escrow',
      ...distributionOf(world, waiting),
      startedAt: windowsClock(world.now),
    }
    const run: Run = {
      main: await this.#histories.begin(spec),
      post: undefined,
      journal: undefined,
      hasEnded: false,
      isDeaf: false,
      presented: waiting.snapshot,
    }
    const steps = await this.#answer(withRun(world, index, run), index, 'main')
    return steps.map((step) => ({ ...step, label: `${label}, ${step.label}` }))
  }

  /** What the processes of one run are answered, without what is done to them. */
  async answers(world: World, index: number): Promise<Step[]> {
    const run = runOf(world, index)
    return [
      ...(run.main === null ? [] : await this.#answer(world, index, 'main')),
      ...(typeof run.post === 'number'
        ? await this.#answer(world, index, 'post')
        : []),
    ]
  }

  /** A post step comes after main, when there is something left for it. */
  async post(world: World, index: number): Promise<Step[]> {
    const run = runOf(world, index)
    if (run.main !== null || run.post !== undefined || run.hasEnded) return []
    const after = await this.#startPost(world, index)
    return after ? [{ label: `post ${index} starts`, world: after }] : []
  }

  async faults(world: World, index: number): Promise<Step[]> {
    const run = runOf(world, index)
    const faulty = { ...world, faultsLeft: world.faultsLeft - 1 }
    const steps: Step[] = [
      {
        label: `the machine of ${index} is lost`,
        world: loseMachine(faulty, index),
      },
    ]
    const isAlive = run.main !== null || typeof run.post === 'number'
    if (run.hasEnded || !isAlive) return steps
    steps.push({
      label: `${index} is declared dead`,
      world: withRun(faulty, index, { ...run, hasEnded: true }),
    })
    if (run.main === null) return steps
    const killed = withRun(faulty, index, { ...run, main: null })
    steps.push({ label: `kill ${index}`, world: endIfOver(killed, index) })
    if (run.post === undefined) {
      const after = await this.#startPost(faulty, index)
      if (after) {
        steps.push({ label: `post ${index} starts beside main`, world: after })
      }
    }
    return steps
  }

  /**
   * A transition from a version that is not the newest is refused, now as well as
   * later, and nobody but the process can tell when. So nothing else has to be
   * tried before it.
   */
  async doomed(world: World): Promise<Step[] | undefined> {
    const { ablation } = this.#config
    for (const { index, which, id } of processesOf(world)) {
      const call = this.#asked(id)?.[1]
      const isDoomed =
        call?.kind === 'move' &&
        call.from !== world.head?.revision &&
        lieAbout(ablation, world, call, String(index), which === 'post') ===
          undefined
      if (isDoomed) return this.#answer(world, index, which)
    }
    return undefined
  }

  /**
   * Between a fence and the call that it covers: a machine that freezes right
   * there is a gap that nobody can close, so nothing else happens meanwhile. A
   * post step that cannot reach the record has only its look at the secret.
   */
  inGap(world: World): number | undefined {
    return processesOf(world).find(({ id, which }) => {
      if (!this.#isSending(id)) return false
      const { last } = this.#histories.standing(id).memory
      return last?.kind === 'move'
        ? recordIn(last.content)?.claim?.fencedAt !== undefined
        : last?.kind === 'inspect' && which === 'post'
    })?.index
  }

  /** Whether a transition that tells the time of a claim has not come yet. */
  isClaiming(world: World): boolean {
    return processesOf(world).some(({ id }) => {
      const call = this.#asked(id)?.[1]
      return (
        call?.kind === 'move' && recordIn(call.content)?.claim !== undefined
      )
    })
  }

  /** Whether a request is on its way that changes something outside. */
  isSending(world: World): boolean {
    return processesOf(world).some(({ id }) => this.#isSending(id))
  }

  #isSending(id: number): boolean {
    const call = this.#asked(id)?.[1]
    return (
      call?.kind === 'refresh' ||
      call?.kind === 'write' ||
      call?.kind === 'distribute'
    )
  }

  /** What a process waits for that can be answered now. */
  #asked(id: number): [number, Call] | undefined {
    const pending = [...this.#histories.standing(id).pending]
    // The look at the secret that goes out with a refresh comes back after it.
    return pending.find(([, { kind }]) => kind === 'refresh') ?? pending[0]
  }

  async #startPost(world: World, index: number): Promise<World | undefined> {
    const run = runOf(world, index)
    if (run.journal === undefined) return undefined
    const { rotationClass, graceSeconds, ablation } = this.#config
    const post = await this.#histories.begin({
      runId: String(index),
      createdAt: 0,
      presented: run.presented,
      facts: { rotationClass, graceSeconds },
      usesEscrow: ablation !== 'escrow',
      ...distributionOf(world, {}),
      startedAt: windowsClock(world.now),
      journal: run.journal,
    })
    return withRun(world, index, { ...run, post })
  }

  async #answer(world: World, index: number, which: Which): Promise<Step[]> {
    const id = runOf(world, index)[which]
    const asked = typeof id === 'number' ? this.#asked(id) : undefined
    if (typeof id !== 'number' || asked === undefined) return []
    const [number, call] = asked
    const { looked } = this.#histories.standing(id)
    const caller = { index, isPost: which === 'post', looked }
    const config = this.#config
    const steps: Step[] = []
    for (const outcome of outcomesOf(
      world,
      call,
      caller,
      config,
      this.#makeVersion,
    )) {
      if (outcome.isFault && world.faultsLeft === 0) continue
      const { violation } = outcome
      const label = `${which} ${index}: ${describe(call)}: ${outcome.label}`
      const [after, ended] = await this.#apply(
        outcome,
        index,
        which,
        id,
        number,
      )
      const further = this.#isReadAtOnce(after, index, which)
        ? await this.#answer(after, index, which)
        : []
      if (further.length === 0) {
        steps.push({
          label,
          world: after,
          ...(violation && { violation }),
          ...(ended !== undefined && { outcome: ended }),
        })
      }
      for (const step of further) {
        steps.push({ ...step, label: `${label}, ${step.label}` })
      }
    }
    return steps
  }

  /**
   * Reads that go out together come back together. And what nobody else can
   * change is read at once. Both keep the search small.
   */
  #isReadAtOnce(world: World, index: number, which: Which): boolean {
    const run = world.runs[index]
    const id = typeof run === 'object' ? run[which] : undefined
    const asked = typeof id === 'number' ? this.#asked(id) : undefined
    if (typeof id !== 'number' || asked === undefined) return false
    const [number, { kind }] = asked
    return (
      kind === 'hasEnded' ||
      kind === 'introspect' ||
      (kind === 'inspect' && this.#histories.isTogether(id, number))
    )
  }

  async #apply(
    { world, answer, isFault }: Outcome,
    index: number,
    which: Which,
    id: number,
    call: number,
  ): Promise<[World, string | undefined]> {
    const base = isFault
      ? { ...world, faultsLeft: world.faultsLeft - 1 }
      : world
    const run = runOf(base, index)
    if (answer === undefined) {
      // Nobody comes after the post step, and the disk is wiped.
      const isAlone = run.hasEnded || which === 'post'
      const killed = withRun(base, index, { ...run, [which]: null })
      return [
        isAlone ? loseMachine(base, index) : endIfOver(killed, index),
        undefined,
      ]
    }
    const next = await this.#histories.advance(id, {
      call,
      answer,
      now: windowsClock(base.now),
      hasPostStarted: run.post !== undefined,
    })
    const { effects, report, memory } = this.#histories.standing(next)
    let { journal } = run
    for (const effect of effects) {
      journal = effect.kind === 'journal' ? effect.entry : undefined
    }
    const after = { ...run, journal, [which]: report ? null : next }
    // The record cannot be reached, and the secret must not be written: the log
    // is all that is left, with the sealed copy and the command to store it.
    const isPrinted =
      report?.remedy.includes('`restore ') === true &&
      (memory.lastAnswer === 'unreachable' || memory.lastAnswer === 'failure')
    const over = endIfOver(withRun(base, index, after), index)
    const isExcused = isPrinted && checkDurability(over) !== undefined
    return [isExcused ? { ...over, isExcused } : over, report?.outcome]
  }
}

function distributionOf(
  { access }: World,
  { access: stored }: Pick<Waiting, 'access'>,
): Pick<ProcessSpec, 'distribute'> {
  return access ? { distribute: stored === undefined ? {} : { stored } } : {}
}

interface Process {
  readonly index: number
  readonly which: Which
  readonly id: number
}

function processesOf({ runs }: World): Process[] {
  return runs.flatMap((run, index) =>
    typeof run === 'object'
      ? (['main', 'post'] as const).flatMap((which) => {
          const id = run[which]
          return typeof id === 'number' ? [{ index, which, id }] : []
        })
      : [],
  )
}

function describe(call: Call): string {
  switch (call.kind) {
    case 'refresh':
    case 'write':
    case 'distribute':
    case 'introspect':
      return `${call.kind} ${call.token}`
    case 'move':
      return `move to ${recordIn(call.content)?.phase ?? 'an escrow'}`
    default:
      return call.kind
  }
}
