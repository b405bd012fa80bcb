import { expect, test } from '@jest/globals'

import { World } from '../support/world.ts'

// The only test that waits for a real time limit: the one that a run has.
test('a request that GitHub never answers is sent again', async () => {
  const world = await World.start()
  world.githubProxy.rules.push({
    method: 'PUT',
    path: /\/REFRESH_TOKEN$/,
    fault: { kind: 'hang', when: 'before' },
    times: 1,
  })
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(main.log.join('\n')).toContain('GitHub did not answer in time')
  expect(world.githubProxy.count('PUT', /\/REFRESH_TOKEN$/)).toBe(2)
  await world.close()
}, 60_000)
