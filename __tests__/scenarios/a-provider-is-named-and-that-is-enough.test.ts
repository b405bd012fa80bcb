import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('what is known of the provider is used, and what is given by hand wins', async () => {
  const { main } = await world.run({
    with: { provider: 'xero', 'rotation-class': '' },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  const end = Date.parse(main.outputs['refresh-token-expires-at'] ?? '')
  const days = (end - world.clock.now().getTime()) / 86_400_000
  expect(Math.round(days)).toBe(60)
})

test('an id that nobody knows, and what a provider leaves open', async () => {
  const { main } = await world.run({
    with: { provider: 'zero', 'token-endpoint': '' },
  })
  expect(main.outputs['error-code']).toBe('CONFIGURATION_INVALID')
  expect(main.annotations[0]?.message).toMatch(/'zero' is not known; .*xero/)

  const open = await world.run({
    with: { provider: 'auth0', 'token-endpoint': '' },
  })
  expect(open.main.annotations[0]?.message).toContain('domain')
})
