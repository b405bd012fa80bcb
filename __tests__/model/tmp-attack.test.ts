import { expect, test } from '@jest/globals'
import { explore } from './explorer.ts'
import { configOf, TIMEOUT } from './searches.ts'

const size = JSON.parse(
  process.env['SIZE'] ?? '{"runs":1,"faults":0,"waits":0,"attacks":1}',
)
test(
  'attack',
  async () => {
    const config = {
      ...configOf(
        (process.env['CLS'] ?? 'strict') as never,
        false,
        process.env['ABL'] as never,
      ),
      ...JSON.parse(process.env['CFG'] ?? '{}'),
    }
    const found = await explore({
      config,
      ...size,
      isQuick: process.env['QUICK'] === '1',
    })
    process.stdout.write(
      `states ${found.states} histories ${found.histories} ends ${found.ends} outcomes ${[...found.outcomes]}\n`,
    )
    process.stdout.write(
      JSON.stringify(Object.fromEntries(found.violations), undefined, 1) + '\n',
    )
    expect(1).toBe(1)
  },
  TIMEOUT,
)
