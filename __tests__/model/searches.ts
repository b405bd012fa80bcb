import { expect, test } from '@jest/globals'

import type { RotationClass } from '../../src/rotation/record/rotation-class.ts'
import { explore, type Findings, type Search } from './explorer.ts'
import type { Ablation, Config } from './world.ts'

/**
 * The shipped code, explored exhaustively. `npm test` goes through the smallest
 * searches, `npm run test:proof` through three runs with one fault, and two runs with
 * two faults, of class strict with a jump of the clock; with MODEL=full it is three
 * runs with two faults besides, and all of that for each class.
 */
export const isFull = process.env['MODEL'] === 'full'
export const TIMEOUT = isFull ? 1_800_000 : 600_000

type Size = Omit<Search, 'config'>

interface Sizes {
  readonly plain: readonly Size[]
  /** With a place for the access token, and runs that are given it or are not. */
  readonly withPlace: readonly Size[]
}

export const small: Sizes = {
  plain: [{ runs: 2, faults: 1, waits: 1 }],
  withPlace: [{ runs: 2, faults: 1, waits: 0 }],
}

const full: Sizes = {
  plain: [
    { runs: 3, faults: 2, waits: 0 },
    { runs: 2, faults: 2, waits: 1 },
  ],
  withPlace: [
    { runs: 3, faults: 1, waits: 0 },
    { runs: 2, faults: 2, waits: 1 },
  ],
}

/** Of the class that loses most, all that fits into the time of the proof. */
export const large: Sizes = isFull
  ? full
  : {
      plain: [
        { runs: 3, faults: 1, waits: 0 },
        { runs: 2, faults: 2, waits: 1 },
      ],
      withPlace: [{ runs: 2, faults: 2, waits: 0 }],
    }

export const medium: Sizes = isFull
  ? full
  : {
      plain: [
        { runs: 3, faults: 1, waits: 0 },
        { runs: 2, faults: 2, waits: 0 },
        { runs: 2, faults: 1, waits: 1 },
      ],
      withPlace: [{ runs: 2, faults: 1, waits: 1 }],
    }

export function configOf(
  rotationClass: RotationClass,
  canIntrospect = false,
  ablation?: Ablation,
): Config {
  return {
    rotationClass,
    graceSeconds: rotationClass === 'grace' ? 600 : 0,
    canIntrospect,
    ...(ablation && { ablation }),
  }
}

export function withPlace(
  rotationClass: RotationClass,
  ablation?: Ablation,
): Config {
  return { ...configOf(rotationClass, false, ablation), handsOut: true }
}

export function kindsOf({ violations }: Findings): string[] {
  return [...violations.keys()].map((violation) =>
    violation.slice(0, violation.indexOf(':')),
  )
}

/** Everything that can happen with a provider of one class. */
export function testClass(rotationClass: RotationClass, sizes: Sizes): void {
  test.each(sizes.plain)(
    'finds no violation with $runs runs, $faults faults and $waits jumps of the clock',
    async (size) => {
      const search = { config: configOf(rotationClass), ...size }
      const { states, histories, violations } = await explore(search)
      process.stdout.write(
        `model: ${rotationClass}, ${size.runs} runs, ${size.faults} faults, ${size.waits} jumps: ${states} states, ${histories} histories of the code\n`,
      )
      expect(Object.fromEntries(violations)).toEqual({})
      expect(states).toBeGreaterThan(0)
    },
    TIMEOUT,
  )

  test.each(sizes.withPlace)(
    'finds no violation with a place, $runs runs, $faults faults and $waits jumps of the clock',
    async (size) => {
      const search = { config: withPlace(rotationClass), ...size }
      const { states, histories, outcomes, violations } = await explore(search)
      process.stdout.write(
        `model: ${rotationClass} with a place, ${size.runs} runs, ${size.faults} faults, ${size.waits} jumps: ${states} states, ${histories} histories of the code\n`,
      )
      expect(Object.fromEntries(violations)).toEqual({})
      expect(outcomes).toContain('distributed')
    },
    TIMEOUT,
  )
}

/** With somebody who may write contents, at any moment of the runs. */
export const attacked = {
  small: { runs: 2, faults: 0, waits: 1, attacks: 1 },
  /** Twice, as somebody does who comes back. */
  twice: { runs: 1, faults: 0, waits: 1, attacks: 2 },
  withFault: { runs: 2, faults: 1, waits: 0, attacks: 1 },
} as const satisfies Record<string, Size>

/** What must hold for everybody, in a situation of its own. */
export const situations: {
  readonly situation: string
  readonly config: Partial<Config>
  readonly size: Size
}[] = [
  {
    situation: 'a record that several repositories share',
    config: { isShared: true },
    size: { runs: 2, faults: 1, waits: 1 },
  },
  {
    situation: 'a token that a person puts back',
    config: { putsBack: true },
    size: { runs: 2, faults: 1, waits: 1 },
  },
  {
    situation: 'introspection',
    config: { canIntrospect: true },
    size: { runs: 2, faults: 0, waits: 1, attacks: 1 },
  },
  {
    situation: 'a place for the access token',
    config: { handsOut: true },
    size: { runs: 1, faults: 0, waits: 1, attacks: 1 },
  },
]

/** What keeps somebody who may write contents from doing harm. */
export const guards: (Omit<Search, 'config'> & { readonly guard: Ablation })[] =
  [
    { guard: 'mac', ...attacked.small },
    { guard: 'parent', ...attacked.withFault },
    { guard: 'aead', ...attacked.small },
    { guard: 'walk', ...attacked.small },
    { guard: 'lenient', ...attacked.small },
    { guard: 'deposit-rule', ...attacked.small },
    { guard: 'bound', ...attacked.withFault },
  ]

/** The smallest search that each safeguard keeps free of violations. */
export const safeguards: (Omit<Search, 'config'> & {
  readonly safeguard: Ablation
  readonly canIntrospect?: boolean
})[] = [
  { safeguard: 'fresh', runs: 1, faults: 1, waits: 0 },
  { safeguard: 'stale-check', runs: 2, faults: 0, waits: 0 },
  { safeguard: 'claim', runs: 2, faults: 0, waits: 0 },
  { safeguard: 'take-over', runs: 2, faults: 1, waits: 1 },
  { safeguard: 'cooling', runs: 2, faults: 1, waits: 0, canIntrospect: true },
  { safeguard: 'journal', runs: 1, faults: 0, waits: 0 },
  { safeguard: 'escrow', runs: 2, faults: 1, waits: 1 },
  { safeguard: 'unfenced-escrow', runs: 2, faults: 1, waits: 1 },
  { safeguard: 'guarded-redo', runs: 2, faults: 2, waits: 0 },
  { safeguard: 'post-fence', runs: 2, faults: 1, waits: 0 },
]
