import type { MakeVersion } from './answers.ts'
import { linksFrom, makeLink, prune, recordIn, type Link } from './chain.ts'
import type { Histories } from './histories.ts'
import { descendants } from './provider.ts'
import type { Slot, World } from './world.ts'

/** Gives equal parts of worlds one number. */
export class Numbers {
  readonly #byPart = new WeakMap<object, number>()
  readonly #byText = new Map<string, number>()

  of(part: object): number {
    let number = this.#byPart.get(part)
    if (number !== undefined) return number
    number = this.ofText(JSON.stringify(part))
    this.#byPart.set(part, number)
    return number
  }

  ofText(text: string): number {
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const number = this.#byText.size
    this.#byText.set(text, number)
    return number
  }
}

/** All versions of the record that anybody can still compare with another one. */
function* headsIn(world: World, histories: Histories): Generator<Link> {
  yield* linksFrom(world.head)
  yield* linksFrom(world.headBefore)
  for (const run of world.runs) {
    if (typeof run !== 'object') continue
    for (const id of [run.main, run.post]) {
      if (typeof id !== 'number') continue
      for (const head of histories.standing(id).heads) yield* linksFrom(head)
    }
  }
}

/** The tokens that anybody may still read the record with. */
export function tokensIn(world: World): Set<string> {
  const { secret, secretBefore, waiting, runs, provider } = world
  const tokens = [
    secret.value,
    secretBefore.value,
    ...waiting.map(({ snapshot }) => snapshot),
    ...runs.flatMap((run) => (typeof run === 'object' ? [run.presented] : [])),
  ]
  return new Set(
    tokens.flatMap((token) => [token, ...descendants(provider, token)]),
  )
}

/**
 * A version of the record is named for what is in it and below it, so that worlds in
 * which the same has come about in another way are equal. Only versions that somebody
 * still remembers must differ in their names: nobody can tell the others apart.
 */
export function nameByContent(
  numbers: Numbers,
  histories: Histories,
): MakeVersion {
  return (world, content) => {
    const below = prune(world.head, tokensIn(world), false)
    const number = numbers.ofText(
      `${numbers.of(content)} on ${below?.key ?? ''}`,
    )
    const taken = new Set<string>()
    for (const { revision } of headsIn(world, histories)) taken.add(revision)
    let revision = `${number}.0`
    for (let tries = 1; taken.has(revision); tries++) {
      revision = `${number}.${tries}`
    }
    return makeLink(revision, content, below)
  }
}

/** The versions are one chain, and each has a number of its own. */
export function nameByCount({ head }: World, content: Link['content']): Link {
  return makeLink(String(Number(head?.revision ?? 0) + 1), content, head)
}

/** The name of a run that is over can be used again once nobody remembers it. */
export function forgetRuns(world: World, histories: Histories): World {
  if (!world.runs.some((run) => run === 'ended')) return world
  const remembered = new Set<number>()
  for (const { content } of headsIn(world, histories)) {
    const claim = recordIn(content)?.claim
    if (claim) remembered.add(Number(claim.owner.runId))
  }
  const runs: Slot[] = world.runs.map((run, index) =>
    run === 'ended' && !remembered.has(index) ? undefined : run,
  )
  while (runs.length > 0 && runs.at(-1) === undefined) runs.pop()
  return { ...world, runs }
}
