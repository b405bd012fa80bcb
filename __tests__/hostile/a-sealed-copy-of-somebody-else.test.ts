import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { seal, warmUp } from '../../src/github/seal.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import {
  appendContent,
  expectHealed,
  expectIgnored,
  expectTrust,
  newestState,
  refOf,
  runNextDay,
  versionsOf,
} from '../support/expect-trust.ts'
import type { Content } from '../support/forgeries.ts'
import { GITHUB_TOKEN } from '../support/world.ts'
import { WorldContest } from '../support/world-contest.ts'

const OWN_TOKEN = 'a-token-of-the-intruder-that-nobody-has-issued'

let contest: WorldContest

beforeEach(async () => {
  await warmUp()
  contest = await WorldContest.start()
  await contest.run()
})

afterEach(() => contest.close())

function copiesOf(versions: readonly Content[]): Content[] {
  return versions.flatMap(({ escrow }) => (escrow ? [escrow as Content] : []))
}

/** The copy as it stands in escrow now. */
function copy(): Content {
  const found = copiesOf(versionsOf(contest)).at(-1)
  if (found === undefined) throw new Error('no copy')
  return found
}

/** Anybody can seal for GitHub: its key is public. */
function sealOwn(keyId: string): Content {
  const { publicKey } = contest.world.repository.secrets
  const encryptedValue = seal(new SecretValue(OWN_TOKEN), {
    keyId,
    key: publicKey,
  })
  return { keyId, encryptedValue }
}

/** Of every store whose public key can be read by whoever may read the repository. */
function keyIds(): string[] {
  const { repository } = contest.world
  const { actions, ...others } = repository.stores
  return [actions, ...Object.values(others)].map(({ keyId }) => keyId)
}

/** Each way to put a token of one's own into something like a copy. */
function forgedCopies(model: Content): Content[] {
  const at = new Date(contest.clock.now().getTime() + 60_000).toISOString()
  const state = newestState(contest)
  return [...keyIds(), String(valueOfSealed(model)['keyId'])].flatMap(
    (keyId) => {
      const sealed = sealOwn(keyId)
      const { sequence, current: replaces } = state
      return [
        { ...model, sealed },
        { ...model, sealed, at },
        { ...model, sealed, at, sequence, replaces },
        { ...model, sealed, at, token: 'f'.repeat(32) },
        { ...model, sealed, at, next: 'A'.repeat(80) },
      ]
    },
  )
}

function valueOfSealed({ sealed }: Content): Content {
  return sealed as Content
}

function expectNothingOfHis(): void {
  expect(contest.world.storedRefreshToken).not.toBe(OWN_TOKEN)
}

describe('with a token of his own, sealed as GitHub wants it', () => {
  test('is not put in the place of the one that is there', async () => {
    await contest.run('finds the secret closed', true)
    const model = copy()
    for (const escrow of forgedCopies(model).slice(0, 20)) {
      appendContent(contest, { version: 3, escrow })
    }
    appendContent(contest, {
      ...newestState(contest),
      escrow: forgedCopies(model)[1],
    })
    await expectIgnored(contest, 'recovered-escrow')
    expectNothingOfHis()
    await expectHealed(contest)
  })

  test('is not what became of a dead run', async () => {
    await contest.run('finds the secret closed', true)
    const model = copy()
    await contest.run()
    contest.introspects = true
    contest.clock.advance(86_400_000)
    await contest.run('dies before the refresh')
    for (const escrow of forgedCopies(model).slice(0, 20)) {
      appendContent(contest, { version: 3, escrow })
    }
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('rotated')
    expectNothingOfHis()
    await expectTrust(contest)
  })

  test('does not make an idle record blocked', async () => {
    await contest.run('finds the secret closed', true)
    const { claim, block } = newestState(contest)
    const model = copy()
    await contest.run()
    for (const escrow of forgedCopies(model).slice(0, 10)) {
      appendContent(contest, {
        ...newestState(contest),
        phase: 'blocked',
        ...{ claim, block, escrow },
      })
    }
    await expectIgnored(contest)
    expectNothingOfHis()
  })

  test('does not count where nothing of the record is authentic', async () => {
    await contest.run('finds the secret closed', true)
    const model = copy()
    await contest.run()
    contest.world.repository.secrets.set(
      'REFRESH_TOKEN',
      await contest.world.mintRefreshToken(),
    )
    for (const escrow of forgedCopies(model).slice(0, 10)) {
      appendContent(contest, { ...newestState(contest), escrow })
    }
    await expectHealed(contest)
    expectNothingOfHis()
  })
})

describe('that is authentic', () => {
  test('is not written again after it was used', async () => {
    await contest.run('finds the secret closed', true)
    const used = copy()
    await contest.run()
    appendContent(contest, { version: 3, escrow: used })
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('rotated')
    await expectTrust(contest)
    // The token that it replaces is two tokens old now.
    contest.introspects = true
    contest.clock.advance(86_400_000)
    await contest.run('dies before the refresh')
    appendContent(contest, { version: 3, escrow: used })
    await expectHealed(contest)
  })

  test('is deposited over an idle record: it is written, not refreshed', async () => {
    // Only the copy is left of the run that was given back its claim.
    await contest.run('finds the secret closed', true)
    const escrow = copy()
    const { messages } = contest.intruder
    const idle = messages.findLastIndex((each) => each.includes('"idle"'))
    contest.intruder.setBack(messages.length - 1 - idle)
    appendContent(contest, { version: 3, escrow })
    const main = await runNextDay(contest)
    expect(main.outputs['outcome']).toBe('recovered-escrow')
    await expectHealed(contest)
  })

  test('of another record, with the same token, is not of this one', async () => {
    const { world } = contest
    await contest.runAction({ with: { record: 'another', force: 'true' } })
    world.githubProxy.rules.push({
      method: 'PUT',
      path: /\/REFRESH_TOKEN$/,
      times: 1,
      fault: { kind: 'respond', status: 403, body: '{"message":"No"}' },
    })
    contest.clock.advance(86_400_000)
    await contest.runAction({ with: { record: 'another' } })
    const other = [...contest.git.refs.keys()].find((ref) =>
      ref.endsWith('/another'),
    )
    const message = (contest.git.history(other ?? '') ?? [])[0]?.message ?? ''
    const { escrow } = JSON.parse(message.slice(message.indexOf('\n\n'))) as {
      escrow: unknown
    }
    contest.clock.advance(86_400_000)
    const restored = await contest.runAction({ with: { record: 'another' } })
    expect(restored.main.outputs['outcome']).toBe('recovered-escrow')
    contest.git.refs.delete(other ?? '')
    // It is the token that the copy was of, and the record that it was not of.
    appendContent(contest, { version: 3, escrow })
    appendContent(contest, { ...newestState(contest), escrow })
    await expectHealed(contest)
  })

  test('of another secret, with the same token, is not of this one', async () => {
    const { world } = contest
    const { secrets } = world.repository
    await contest.run('finds the secret closed', true)
    const escrow = copy()
    const spent = world.storedRefreshToken ?? ''
    await contest.run()
    // The same token in another secret, whose record somebody fills with that copy.
    contest.clock.advance(86_400_000)
    secrets.set('OTHER_TOKEN', spent)
    const inputs = {
      'refresh-token': '${{ secrets.OTHER_TOKEN }}',
      'refresh-token-secret': 'OTHER_TOKEN',
      record: 'other',
      'access-token-secrets': '',
    }
    const before = secrets.get('OTHER_TOKEN')?.updatedAt
    const readme = newestState(contest)
    const ref = 'refs/rotate-token/other'
    const sha = contest.git.refs.get(refOf(contest)) ?? ''
    const { tree } = contest.git.commits.get(sha) ?? { tree: '' }
    const commit = contest.git.addCommit({
      message: `Idle\n\n${JSON.stringify({ ...readme, escrow })}\n`,
      tree,
    })
    contest.git.createRef(ref, commit.sha)
    contest.clock.advance(86_400_000)
    world.authorizationProxy.rules.push({
      path: /\/token$/,
      fault: {
        kind: 'respond',
        status: 400,
        body: '{"error":"invalid_grant"}',
      },
    })
    const { main } = await world.run({ with: inputs })
    expect(main.outputs['outcome']).toBe('failed')
    expect(secrets.get('OTHER_TOKEN')?.updatedAt).toEqual(before)
    expect(world.storedRefreshToken).not.toContain(GITHUB_TOKEN)
  })
})
