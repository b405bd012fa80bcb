import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { sendJson, serve, type RunningServer } from '../support/http-server.ts'
import { World } from '../support/world.ts'

let world: World
let api: RunningServer
let status: number
let seen: string[]

beforeEach(async () => {
  world = await World.start()
  status = 200
  seen = []
  api = await serve((request, response) => {
    seen.push(`${request.method} ${request.headers.authorization}`)
    sendJson(response, status, {})
  })
})

afterEach(async () => {
  await api.close()
  await world.close()
})

const places = { 'access-token-secrets': 'ACCESS_TOKEN' }

test('by a URL', async () => {
  const { main } = await world.run({ with: { ...places, verify: api.url } })
  expect(main.outputs['outcome']).toBe('rotated')
  expect(seen).toEqual([`GET Bearer ${main.outputs['access-token']}`])
})

test('by introspection', async () => {
  const { main } = await world.run({
    with: {
      ...places,
      verify: 'introspection',
      'introspection-endpoint': `${world.authorizationProxy.url}/token/introspection`,
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
  expect(
    world.authorizationProxy.count('POST', /introspection/),
  ).toBeGreaterThan(0)
})

test('by the userinfo endpoint', async () => {
  const { main } = await world.run({
    with: {
      ...places,
      verify: 'userinfo',
      'userinfo-endpoint': `${world.authorizationServer.issuer}/me`,
    },
  })
  expect(main.outputs['outcome']).toBe('rotated')
})

describe('it does not work', () => {
  test('the refresh token is stored, and nobody gets the access token', async () => {
    status = 401
    const { main } = await world.run({ with: { ...places, verify: api.url } })
    expect(main.exitCode).toBe(1)
    expect(main.outputs).toMatchObject({
      outcome: 'failed',
      'access-token': '',
      'credential-state': 'stored',
      'error-code': 'HEALTH_CHECK_FAILED',
    })
    expect(main.annotations[0]?.message).toContain('HTTP 401')
    expect(world.repository.secrets.get('ACCESS_TOKEN')).toBeUndefined()
    expect(seen).toHaveLength(1)
    const { authorizationServer } = world
    expect(await authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
    status = 200
    const next = await world.run({ with: { ...places, verify: api.url } })
    expect(next.main.outputs['outcome']).toBe('rotated')
  })

  test('a server error is asked again', async () => {
    status = 503
    const { main } = await world.run({ with: { ...places, verify: api.url } })
    expect(main.outputs['error-code']).toBe('HEALTH_CHECK_FAILED')
    expect(seen).toHaveLength(3)
  }, 15_000)

  test('the job falls back on the stored access token', async () => {
    const inputs = {
      ...places,
      'access-token': '${{ secrets.ACCESS_TOKEN }}',
      fallback: 'stored-access-token',
      force: 'true',
    }
    await world.run({ with: inputs })
    const stored = world.repository.secrets.get('ACCESS_TOKEN')?.value
    status = 401
    const { main } = await world.run({ with: { ...inputs, verify: api.url } })
    expect(main.exitCode).toBe(0)
    expect(main.outputs).toMatchObject({
      outcome: 'fallback',
      'access-token': stored,
      'error-code': 'HEALTH_CHECK_FAILED',
    })
    expect(main.annotations.map(({ kind }) => kind)).toContain('warning')

    // Not when that has expired.
    world.clock.advance(2 * 3_600_000)
    const late = await world.run({ with: { ...inputs, verify: api.url } })
    expect(late.main.exitCode).toBe(1)
    expect(late.main.outputs['access-token']).toBe('')
  })
})
