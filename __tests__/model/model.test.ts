import { describe, expect, test } from '@jest/globals'
import type { RotationClass } from '../../src/rotation/decide.ts'
import { explore, type Findings, type Search } from './explorer.ts'
import type { Ablation, Config } from './world.ts'

/**
 * The shipped code, explored exhaustively. `npm test` goes through three runs and
 * two faults without, and two runs and two faults with a jump of the clock; with
 * MODEL=full it is three runs, two faults and a jump, which takes some minutes.
 */
const isFull = process.env['MODEL'] === 'full'
const TIMEOUT = isFull ? 900_000 : 300_000

const classes: RotationClass[] = [
  'strict',
  'grace',
  'confirm-on-use',
  'non-rotating',
]

const sizes = isFull
  ? [{ runs: 3, faults: 2, waits: 1 }]
  : [
      { runs: 3, faults: 2, waits: 0 },
      { runs: 2, faults: 2, waits: 1 },
    ]

/** With a place for the access token, and runs that are given it or are not. */
const sizesWithPlace = isFull
  ? [
      { runs: 3, faults: 2, waits: 0 },
      { runs: 2, faults: 2, waits: 1 },
    ]
  : [
      { runs: 2, faults: 2, waits: 0 },
      { runs: 2, faults: 1, waits: 1 },
    ]

function configOf(
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

function withPlace(rotationClass: RotationClass, ablation?: Ablation): Config {
  return { ...configOf(rotationClass, false, ablation), handsOut: true }
}

function kindsOf({ violations }: Findings): string[] {
  return [...violations.keys()].map((violation) =>
    violation.slice(0, violation.indexOf(':')),
  )
}

describe('the model of the rotation', () => {
  describe.each(classes)('with a provider of class %s', (rotationClass) => {
    test.each(sizes)(
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
  })

  describe.each(classes)('with a place and class %s', (rotationClass) => {
    test.each(sizesWithPlace)(
      'finds no violation with $runs runs, $faults faults and $waits jumps of the clock',
      async (size) => {
        const search = { config: withPlace(rotationClass), ...size }
        const { states, histories, outcomes, violations } =
          await explore(search)
        process.stdout.write(
          `model: ${rotationClass} with a place, ${size.runs} runs, ${size.faults} faults, ${size.waits} jumps: ${states} states, ${histories} histories of the code\n`,
        )
        expect(Object.fromEntries(violations)).toEqual({})
        expect(outcomes).toContain('handed out')
      },
      TIMEOUT,
    )
  })

  test(
    'finds no violation where the server introspects refresh tokens',
    async () => {
      const { violations } = await explore({
        config: configOf('strict', true),
        ...(isFull
          ? { runs: 3, faults: 2, waits: 1 }
          : { runs: 2, faults: 2, waits: 0 }),
      })
      expect(Object.fromEntries(violations)).toEqual({})
    },
    TIMEOUT,
  )
})

/** The smallest search that each safeguard keeps free of violations. */
const safeguards: (Omit<Search, 'config'> & {
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
  { safeguard: 'guarded-redo', runs: 1, faults: 2, waits: 0 },
  { safeguard: 'post-fence', runs: 2, faults: 1, waits: 0 },
]

describe('without a safeguard', () => {
  test(
    'finds a violation without hand-out-claim, and none with it',
    async () => {
      const size = { runs: 2, faults: 0, waits: 0 }
      const broken = withPlace('strict', 'hand-out-claim')
      const whole = withPlace('strict')
      expect(kindsOf(await explore({ config: broken, ...size }))).toEqual([
        'AT',
      ])
      expect(kindsOf(await explore({ config: whole, ...size }))).toEqual([])
    },
    TIMEOUT,
  )

  test.each(safeguards)(
    'finds a violation without $safeguard, and none with it',
    async ({ safeguard, canIntrospect, ...size }) => {
      const broken = await explore({
        config: configOf('strict', canIntrospect, safeguard),
        isQuick: true,
        ...size,
      })
      const whole = await explore({
        config: configOf('strict', canIntrospect),
        ...size,
      })
      expect(kindsOf(broken)).not.toEqual([])
      expect(kindsOf(whole)).toEqual([])
    },
    TIMEOUT,
  )
})

describe('the reductions of the search', () => {
  const small = { runs: 2, faults: 1, waits: 1 }

  test.each([undefined, ...safeguards.map(({ safeguard }) => safeguard)])(
    'hide nothing (without %s)',
    async (ablation) => {
      const config = configOf('strict', ablation === 'cooling', ablation)
      const reduced = await explore({ config, ...small })
      const plain = await explore({ config, ...small, isPlain: true })
      expect(new Set(kindsOf(reduced))).toEqual(new Set(kindsOf(plain)))
      expect(plain.states).toBeGreaterThan(reduced.states)
    },
    TIMEOUT,
  )

  test.each([undefined, 'hand-out-claim' as const])(
    'hide nothing with a place (without %s)',
    async (ablation) => {
      const config = withPlace('strict', ablation)
      const reduced = await explore({ config, ...small })
      const plain = await explore({ config, ...small, isPlain: true })
      expect(new Set(kindsOf(reduced))).toEqual(new Set(kindsOf(plain)))
      expect(plain.states).toBeGreaterThan(reduced.states)
    },
    TIMEOUT,
  )

  test.each([configOf, withPlace])(
    'take no two places in the code for one (%p)',
    async (configure) => {
      for (const rotationClass of classes) {
        const { conflicts } = await explore({
          config: configure(rotationClass),
          ...(isFull ? { runs: 2, faults: 2, waits: 0 } : small),
          isPlain: true,
        })
        expect(conflicts).toBe(0)
      }
    },
    TIMEOUT,
  )
})
