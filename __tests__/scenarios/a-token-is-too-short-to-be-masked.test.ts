import { afterEach, beforeEach, expect, test } from '@jest/globals'

import type { Reply } from '../support/fault-proxy.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

test('the log stays readable, and says which', async () => {
  world.authorizationProxy.rules.push({
    method: 'POST',
    fault: {
      kind: 'rewrite',
      rewrite(reply: Reply) {
        const fields = JSON.parse(reply.body.toString()) as object
        const body = JSON.stringify({ ...fields, access_token: 'to' })
        return { ...reply, body: Buffer.from(body) }
      },
    },
  })
  const { main } = await world.run({ with: { 'access-token': 'e' } })
  expect(main.outputs).toMatchObject({
    outcome: 'rotated',
    'access-token': 'to',
  })
  expect(main.log.join('\n')).not.toContain('***')
  expect(main.rawOutput).not.toMatch(/::add-mask::(e|to)$/m)
  const warnings = main.annotations.filter(({ kind }) => kind === 'warning')
  expect(warnings.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^'access-token' has only one or two characters/),
    expect.stringMatching(
      /^The new access token has only one or two characters/,
    ),
  ])
})

test('an error is still told in the words of the server', async () => {
  world.authorizationProxy.rules.push({
    method: 'POST',
    fault: {
      kind: 'respond',
      status: 400,
      body: '{"error":"invalid_grant","error_description":"Token is revoked"}',
    },
  })
  const { main } = await world.run({ with: { 'access-token': 'e' } })
  expect(main.annotations.at(-1)?.message).toContain('"Token is revoked"')
})
