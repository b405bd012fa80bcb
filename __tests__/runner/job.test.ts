import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { RunnerJob } from '../../src/runner/job.ts'

const held = new HeldSecrets()
const job = new RunnerJob(false, held)
const write = process.stdout.write.bind(process.stdout)
let printed: string[]

beforeEach(() => {
  printed = []
  process.stdout.write = (chunk) => {
    printed.push(String(chunk).trimEnd())
    return true
  }
})

afterEach(() => {
  process.stdout.write = write
})

test('a token is masked, and withheld from what servers say', () => {
  job.mask(new SecretValue('the-new-token'), 'The token')
  expect(printed).toEqual(['::add-mask::the-new-token'])
  expect(held.quote('not the-new-token')).toContain('withheld')
})

test('one of two characters is not, which is told by its name', () => {
  job.mask(new SecretValue('qz'), 'The new access token')
  expect(printed).toEqual([
    '::warning::The new access token has only one or two characters, so it is not masked: the runner would replace them everywhere in the log.',
  ])
})

test('lines of one or two characters are left out', () => {
  job.mask(new SecretValue('line one\nqz\nline three'), 'The token')
  expect(printed).toEqual(['::add-mask::line one', '::add-mask::line three'])
})
