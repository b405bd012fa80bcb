import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { publish, type OnSkip } from '../../src/report/annotations.ts'
import type { RotationReport } from '../../src/rotation/outcome/outcome.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

const files = ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY'] as const

let folder: string
let before: Partial<Record<string, string>>
let said: string
const write = process.stdout.write.bind(process.stdout)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'))
  before = { ...process.env }
  for (const name of files) {
    const path = join(folder, name)
    writeFileSync(path, '')
    process.env[name] = path
  }
  said = ''
  process.stdout.write = (text) => {
    said += String(text)
    return true
  }
})

afterEach(() => {
  process.stdout.write = write
  process.exitCode = undefined
  for (const name of files) {
    if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
    else process.env[name] = before[name]
  }
  rmSync(folder, { recursive: true })
})

const base = {
  credentialState: 'unchanged',
  verdict: 'All is said.',
  remedy: '',
  places: [],
} as const

const distribution = {
  accessToken: new SecretValue('access-token-1'),
  expiresAt: new Date('2026-01-01T13:00:00Z'),
}

/** Whether the step fails. */
async function fails(
  report: Pick<RotationReport, 'outcome'> & Partial<RotationReport>,
  onSkip: OnSkip = 'fail',
): Promise<boolean> {
  await publish({ ...base, ...report }, onSkip)
  return process.exitCode === 1
}

describe('a deploy that needs a token (on-skip: fail)', () => {
  test.each(['skipped-busy', 'skipped-stale', 'skipped-cooling'] as const)(
    'fails on %s',
    async (outcome) => {
      expect(await fails({ outcome })).toBe(true)
      expect(said).toContain(`::error title=Rotate Token%3A ${outcome}::`)
    },
  )

  test('fails on a skip even where the stored access token is good', async () => {
    const outcome = 'skipped-busy' as const
    expect(await fails({ outcome, ...distribution })).toBe(true)
  })

  test('fails when a rotation was completed and there is no access token', async () => {
    expect(await fails({ outcome: 'recovered-escrow' })).toBe(true)
    expect(said).toContain("The output 'access-token' is empty")
  })

  test('goes on when a distribution was completed: it has its access token', async () => {
    expect(await fails({ outcome: 'recovered-escrow', ...distribution })).toBe(
      false,
    )
    expect(said).toContain('::notice title=Rotate Token%3A recovered-escrow::')
    expect(said).toContain('expires 2026-01-01 13:00:00 UTC')
    const outputs = readFileSync(join(folder, 'GITHUB_OUTPUT'), 'utf8')
    expect(outputs).toContain('access-token-1')
    expect(said).not.toContain('access-token-1')
  })

  test('fails when some places did not get the access token', async () => {
    expect(await fails({ outcome: 'partial', ...distribution })).toBe(true)
  })
})

test('a skip alone fails nobody who did not ask for it', async () => {
  expect(await fails({ outcome: 'skipped-busy' }, 'succeed')).toBe(false)
  expect(await fails({ outcome: 'recovered-escrow' }, 'in post')).toBe(false)
})
