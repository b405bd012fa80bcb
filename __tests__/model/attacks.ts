import { codeOf, sealNext } from '../support/symbolic-keyring.ts'
import { SOMEBODY, type MakeVersion } from './answers.ts'
import { FORGED, linksFrom, stateOf, toContent, type Content } from './chain.ts'
import { windowsClock } from './histories.ts'
import { toDate } from './process.ts'
import type { Step } from './steps.ts'
import type { Ablation, World } from './world.ts'

/** Longer than any wait of the protocol. */
const FAR_AWAY = 1_000_000
const COOLING_SECONDS = 150

/**
 * What somebody can do who may write the contents of the repository, and holds no token:
 * append any version, or delete the ref, or set it back.
 */
export function attacksOn(
  world: World,
  makeVersion: MakeVersion,
  ablation: Ablation | undefined,
): Step[] {
  const attacked = {
    ...world,
    attacksLeft: world.attacksLeft - 1,
    isForged: true,
  }
  const appended = forgeries(world, ablation).map(([label, content]): Step => ({
    label: `somebody appends ${label}`,
    world: {
      ...attacked,
      head: makeVersion(attacked, content),
      headBefore: world.head,
    },
  }))
  return [...appended, ...resets(attacked)]
}

function forgeries(
  world: World,
  ablation: Ablation | undefined,
): [string, Content][] {
  const sign = (content: Content): Content =>
    ablation === 'mac' && typeof content['current'] === 'string'
      ? toContent({ ...content, mac: codeOf(content['current']) })
      : toContent({ ...content, mac: FORGED })
  const state = stateOf(world.head)
  const { escrow: _escrow, claim: _claim, ...rest } = state ?? {}
  const base = {
    version: 3,
    ...rest,
    current: state?.current ?? world.secret.value,
    sequence: state?.sequence ?? 0,
    spent: state?.spent ?? [],
    place: 'secret',
    pendingPlaces: [],
    knowsIntrospection: false,
  }
  const claim = (seconds: number): object => ({
    owner: {
      repository: 'acme/web',
      runId: SOMEBODY,
      attempt: '1',
      job: 'rotate',
      nonce: SOMEBODY,
    },
    heldSince: toDate(seconds),
    firstAt: toDate(seconds),
    updatedAt: toDate(0),
    coolUntil: toDate(seconds + COOLING_SECONDS),
    isIndeterminate: true,
  })
  const now = windowsClock(world.now)
  const copy = {
    replaces: base.current,
    sequence: base.sequence,
    token: 'x1',
    sealed: { keyId: 'key', encryptedValue: 'x1' },
    at: toDate(FAR_AWAY),
  }
  const seal = (successor: string): string =>
    ablation === 'aead' ? sealNext(base.current, successor) : NOT_SEALED
  return [
    ...earlier(world).map((content): [string, Content] => [
      'an earlier version',
      ablation === 'parent' || !('phase' in content) ? content : sign(content),
    ]),
    ['nothing', toContent({ version: 99 })],
    ['an idle record', sign({ ...base, phase: 'idle' })],
    ['a claim', sign({ ...base, phase: 'claimed', claim: claim(now) })],
    [
      'a claim of another day',
      sign({ ...base, phase: 'claimed', claim: claim(now + FAR_AWAY) }),
    ],
    [
      'a rest until another day',
      sign({ ...base, phase: 'idle', restUntil: toDate(now + FAR_AWAY) }),
    ],
    [
      'a copy of his own token',
      toContent({ version: 3, escrow: { ...copy, next: seal('x1') } }),
    ],
  ]
}

/** As long as a sealed key, and none. */
const NOT_SEALED = 'A'.repeat(80)

function earlier({ head, past }: World): Content[] {
  const present = [...linksFrom(head)].map(({ content }) => content)
  return [...new Set([...present, ...past])]
}

/** Nobody can prevent these, but a ruleset for a branch. */
function resets(attacked: World): Step[] {
  const reset = { ...attacked, isReset: true, isExcused: true }
  const below = [...linksFrom(attacked.head)].slice(1)
  return [
    {
      label: 'somebody deletes the record',
      world: { ...reset, head: undefined, headBefore: attacked.head },
    },
    ...below.map((link) => ({
      label: 'somebody sets the record back',
      world: { ...reset, head: link, headBefore: attacked.head },
    })),
  ]
}
