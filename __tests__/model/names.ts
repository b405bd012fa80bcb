import type {
  RotationRecord,
  RecordVersion,
} from '../../src/rotation/record/record.ts'
import type { MakeVersion } from './answers.ts'
import type { Histories } from './histories.ts'
import type { Slot, World } from './world.ts'

/** Gives equal parts of worlds one number. */
export class Numbers {
  readonly #byPart = new WeakMap<object, number>()
  readonly #byText = new Map<string, number>()

  of(part: object): number {
    let number = this.#byPart.get(part)
    if (number !== undefined) return number
    const text = JSON.stringify(part)
    number = this.#byText.get(text)
    if (number === undefined) {
      number = this.#byText.size
      this.#byText.set(text, number)
    }
    this.#byPart.set(part, number)
    return number
  }
}

/** All versions of the record that anybody can still compare with another one. */
function* headsIn(
  world: World,
  histories: Histories,
): Generator<RecordVersion> {
  if (world.head) yield world.head
  if (world.headBefore) yield world.headBefore
  for (const run of world.runs) {
    if (typeof run !== 'object') continue
    for (const id of [run.main, run.post]) {
      if (typeof id === 'number') yield* histories.standing(id).heads
    }
  }
}

/**
 * A version of the record is named for what is in it, so that worlds in which the
 * same has come about in another way are equal. Only versions that somebody still
 * remembers must differ in their names: nobody can tell the others apart.
 */
export function nameByContent(
  numbers: Numbers,
  histories: Histories,
): MakeVersion {
  const versions = new Map<string, RecordVersion>()
  return (world, record) => {
    const number = numbers.of(record)
    const taken = new Set<string>()
    for (const { revision } of headsIn(world, histories)) taken.add(revision)
    let revision = `${number}.0`
    for (let tries = 1; taken.has(revision); tries++) {
      revision = `${number}.${tries}`
    }
    const version = versions.get(revision) ?? { revision, record }
    versions.set(revision, version)
    return version
  }
}

/** The versions are one chain, and each has a number of its own. */
export function nameByCount(
  { head }: World,
  record: RotationRecord,
): RecordVersion {
  return { revision: String(Number(head?.revision ?? 0) + 1), record }
}

/** The name of a run that is over can be used again once nobody remembers it. */
export function forgetRuns(world: World, histories: Histories): World {
  if (!world.runs.some((run) => run === 'ended')) return world
  const remembered = new Set<number>()
  for (const { record } of headsIn(world, histories)) {
    if (record.claim) remembered.add(Number(record.claim.owner.runId))
  }
  const runs: Slot[] = world.runs.map((run, index) =>
    run === 'ended' && !remembered.has(index) ? undefined : run,
  )
  while (runs.length > 0 && runs.at(-1) === undefined) runs.pop()
  return { ...world, runs }
}
