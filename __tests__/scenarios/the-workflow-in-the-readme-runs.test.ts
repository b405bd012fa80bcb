import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { read } from '../project/files.ts'
import { World } from '../support/world.ts'

interface Workflow {
  jobs: { rotate: { steps: [{ with: Record<string, string> }] } }
}

test('as it stands there, but for the address of the token endpoint', async () => {
  const workflow = parse(read('.github/examples/rotate.yml')) as Workflow
  const [step] = workflow.jobs.rotate.steps
  const world = await World.start()
  const { secrets } = world.repository
  secrets.set('OAUTH_REFRESH_TOKEN', world.storedRefreshToken ?? '')
  secrets.set('OAUTH_CLIENT_SECRET', world.client.secret)
  const { main } = await world.run({
    with: {
      ...step.with,
      'token-endpoint': world.inputs['token-endpoint'] ?? '',
    },
    job: { variables: { OAUTH_CLIENT_ID: world.client.id } },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
    secrets.get('OAUTH_REFRESH_TOKEN')?.value,
  ])
  expect(secrets.get('OAUTH_ACCESS_TOKEN')?.value).toBe(
    main.outputs['access-token'],
  )
  await world.close()
})
