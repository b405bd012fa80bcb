import { expect, test } from '@jest/globals'

import type { Client } from '../support/authorization-server.ts'
import { World } from '../support/world.ts'

const client: Client = { id: 'the-client', secret: '', authMethod: 'none' }

test.each(['loginByCode', 'loginByDevice'] as const)('%s', async (login) => {
  const world = await World.start(
    client,
    { rotationClass: 'strict', graceSeconds: 0 },
    { clients: [client], hasInteractions: true },
  )
  const { authorizationServer } = world
  world.repository.secrets.set(
    'REFRESH_TOKEN',
    await authorizationServer[login](client),
  )
  const { main } = await world.run()
  expect(main.outputs['outcome']).toBe('rotated')
  expect(
    await authorizationServer.acceptsRefreshToken(
      world.storedRefreshToken ?? '',
    ),
  ).toBe(true)
  await world.close()
})
