import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { SealedSecret } from '../../src/rotation/tokens/sealed-secret.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import type { Subject } from './secret-place-subjects.ts'

/** What holds for a secret place, whatever it is made of. */
export function testSecretPlace(create: () => Promise<Subject>): void {
  let subject: Subject

  beforeEach(async () => {
    subject = await create()
    subject.set('RT', 'old')
  })

  afterEach(() => subject.close())

  const mayRepeat = (): Promise<boolean> => Promise.resolve(true)
  const value = new SecretValue('new value \u00fc/+=')

  test('says that a secret is missing, or when it was written', async () => {
    expect(await subject.open('NO_SUCH').inspect()).toBe('missing')
    const metadata = await subject.open('RT').inspect()
    expect(metadata).toMatchObject({
      updatedAt: expect.any(Date),
      readAt: expect.any(Date),
    })
    if (metadata === 'missing') throw new Error('missing')
    expect(await subject.open('RT').inspectOnce()).toMatchObject({
      updatedAt: metadata.updatedAt,
    })
  })

  test('proves write access and leaves nothing behind', async () => {
    const place = subject.open('RT')
    await place.prepare()
    await place.probe()
    await place.probe()
    await place.removeProbe()
    // Another run may have been faster.
    await place.removeProbe()
    expect(subject.names()).toEqual(['RT'])
    expect(subject.valueOf('RT')).toBe('old')
  })

  test('stores exactly what was sealed', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const audience = subject.audienceOf('RT')
    const sealed = place.seal(value)
    expect(await place.write(sealed, mayRepeat)).toEqual({
      kind: 'written',
      isNew: false,
      at: expect.any(Date),
    })
    expect(subject.valueOf('RT')).toBe(value.reveal())
    expect(await place.isSealedForOldKey(sealed)).toBe(false)
    // What was sealed may be written down and written again.
    expect(
      await place.write(
        JSON.parse(JSON.stringify(sealed)) as SealedSecret,
        mayRepeat,
      ),
    ).toMatchObject({ kind: 'written' })
    expect(subject.audienceOf('RT')).toEqual(audience)
  })

  test('shows later that it was written', async () => {
    const place = subject.open('RT')
    const before = await place.inspect()
    await place.prepare()
    await place.write(place.seal(value), mayRepeat)
    const after = await place.inspect()
    if (before === 'missing' || after === 'missing') throw new Error('missing')
    expect(after.updatedAt.getTime()).toBeGreaterThanOrEqual(
      before.updatedAt.getTime(),
    )
  })

  test('tells a key that has changed, and goes on with the new one', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const sealed = place.seal(value)
    subject.rotateKey()
    expect(await place.isSealedForOldKey(sealed)).toBe(true)
    expect((await place.write(sealed, mayRepeat)).kind).toBe('key-refused')
    expect(subject.valueOf('RT')).toBe('old')
    await place.renewKey()
    expect(await place.write(place.seal(value), mayRepeat)).toMatchObject({
      kind: 'written',
    })
  })

  test('refuses to seal before it has a key', () => {
    expect(() => subject.open('RT').seal(value)).toThrow()
  })

  test('says what is missing when access is refused', async () => {
    const place = subject.open('RT')
    await place.prepare()
    const sealed = place.seal(value)
    subject.forbid()
    const expected = {
      code: 'PERMISSION_MISSING',
      credentialState: 'unchanged',
    }
    await expect(place.inspect()).rejects.toMatchObject(expected)
    await expect(place.probe()).rejects.toMatchObject(expected)
    await expect(subject.open('RT').prepare()).rejects.toMatchObject(expected)
    expect(await place.write(sealed, mayRepeat)).toMatchObject({
      kind: 'refused',
      failure: { code: 'PERMISSION_MISSING' },
    })
    expect(subject.valueOf('RT')).toBe('old')
  })

  test('tells a person how to write it by hand', () => {
    expect(subject.open('RT').replaceCommand).toContain('set RT')
  })
}
