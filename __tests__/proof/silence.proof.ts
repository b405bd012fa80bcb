import { expect, test } from '@jest/globals'

import { World } from '../support/world.ts'
import { calls } from './fault-matrix.ts'
import { prove } from './prove-faults.ts'

/** A token endpoint that stalls is waited for two minutes, and so is GitHub. */
const TIMEOUT_MILLISECONDS = 240_000

/** Servers that nobody can reach, by how they cannot be reached. */
const unreachable: Readonly<Record<string, (url: URL) => string>> = {
  'nobody listens': () => 'http://127.0.0.1:9/token',
  'no such name': () => 'https://rotate-token.invalid/token',
  'no TLS there': ({ host }) => `https://${host}/token`,
}

test.each(Object.keys(unreachable))(
  'the authorization server: %s',
  async (name) => {
    const world = await World.start()
    const address = unreachable[name]?.(new URL(world.authorizationProxy.url))
    const { main } = await world.run({
      with: { 'token-endpoint': address ?? '' },
    })
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'credential-state': 'unchanged',
      'error-code': 'TOKEN_ENDPOINT_UNAVAILABLE',
    })
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    await world.close()
  },
  TIMEOUT_MILLISECONDS,
)

test.concurrent(
  'GitHub: in none of these ways can it be reached',
  async () => {
    const world = await World.start()
    await Promise.all(
      Object.values(unreachable).map(async (address) => {
        const { main } = await world.run({
          with: {
            'github-api-url': address(new URL(world.githubProxy.url)),
          },
        })
        expect(main.outputs).toMatchObject({
          outcome: 'failed',
          'credential-state': 'unchanged',
          'error-code': 'GITHUB_UNAVAILABLE',
        })
      }),
    )
    expect(world.authorizationProxy.requests).toEqual([])
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
    await world.close()
  },
  TIMEOUT_MILLISECONDS,
)

test.concurrent(
  'stalls, each of them',
  async () => {
    await Promise.all(calls.map((call) => prove(call, 'stalls')))
  },
  TIMEOUT_MILLISECONDS,
)
