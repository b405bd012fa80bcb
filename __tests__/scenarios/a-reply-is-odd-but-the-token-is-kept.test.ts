import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import type { Fault } from '../support/fault-proxy.ts'
import { World } from '../support/world.ts'

let world: World

beforeEach(async () => {
  world = await World.start()
})

afterEach(() => world.close())

function change(fields: Record<string, unknown>, status?: number): Fault {
  return {
    kind: 'rewrite',
    rewrite: (reply) => ({
      ...reply,
      status: status ?? reply.status,
      body: Buffer.from(
        JSON.stringify({
          ...(JSON.parse(reply.body.toString()) as object),
          ...fields,
        }),
      ),
    }),
  }
}

function atTokenEndpoint(fault: Fault): void {
  world.authorizationProxy.rules.push({ method: 'POST', fault })
}

describe('the new refresh token is stored', () => {
  test.each<[string, Fault]>([
    ['from a reply with 201', change({}, 201)],
    ['without token_type', change({ token_type: undefined })],
    ['with an odd token_type', change({ token_type: 'User Access Token' })],
    ['with expires_in as words', change({ expires_in: 'soon' })],
    ['with scope as a list', change({ scope: ['openid'] })],
    ['with a broken ID token', change({ id_token: 'broken' })],
    [
      'from a reply that is cut short after the refresh token',
      {
        kind: 'cut',
        keep: (body) => body.indexOf('"scope"'),
      },
    ],
  ])('%s', async (_, fault) => {
    atTokenEndpoint(fault)
    const before = world.storedRefreshToken
    const { main } = await world.run()
    expect(main.outputs).toMatchObject({
      outcome: 'rotated',
      'credential-state': 'stored',
    })
    expect(world.storedRefreshToken).not.toBe(before)
    expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
      world.storedRefreshToken,
    ])
    // The next run can go on with it.
    world.authorizationProxy.rules.length = 0
    expect((await world.run()).main.outputs['outcome']).toBe('rotated')
  })

  test('and the job is told that there was no access token', async () => {
    atTokenEndpoint(change({ access_token: undefined }))
    const { main } = await world.run({
      with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    })
    expect(main.outputs).toMatchObject({
      outcome: 'partial',
      'credential-state': 'stored',
      'access-token': '',
      'error-code': 'ACCESS_TOKEN_MISSING',
    })
  })
})

describe('a refresh token that the server issues in odd characters', () => {
  /** A server whose tokens have this inside. It accepts them as they are, only. */
  function issueWith(inside: string): void {
    const shape = (token: string): string =>
      `${token.slice(0, 9)}${inside}${token.slice(9)}`
    atTokenEndpoint({
      kind: 'rewrite',
      rewriteRequest(body) {
        const form = new URLSearchParams(body)
        const presented = form.get('refresh_token') ?? ''
        if (presented.length > FIRST_LENGTH) {
          const plain =
            presented.slice(0, 9) + presented.slice(-FIRST_LENGTH + 9)
          form.set(
            'refresh_token',
            shape(plain) === presented ? plain : 'other',
          )
        }
        return form.toString()
      },
      rewrite(reply) {
        const fields = JSON.parse(reply.body.toString()) as Record<
          string,
          string
        >
        const { refresh_token: token } = fields
        if (token !== undefined) fields['refresh_token'] = shape(token)
        return { ...reply, body: Buffer.from(JSON.stringify(fields)) }
      },
    })
  }

  const FIRST_LENGTH = 43

  test.each([
    ['a space', ' '],
    ['a tab', '\t'],
    ['a line break', '\r\n'],
    ['letters beyond ASCII', '\u00f6\u0113\u{1f511}'],
    ['what a form has to escape', '%20+&=;'],
    ['all of these', ' \t\n\u00a0\u00f6%&'],
  ])('is stored and presented as it is: %s', async (_, inside) => {
    expect(world.storedRefreshToken).toHaveLength(FIRST_LENGTH)
    issueWith(inside)
    for (const sequence of ['1', '2', '3']) {
      const before = world.storedRefreshToken
      const { main } = await world.run()
      expect(main.outputs).toMatchObject({
        outcome: 'rotated',
        'credential-state': 'stored',
        sequence,
      })
      const request = world.authorizationProxy.requests.at(-1)
      const form = new URLSearchParams(request?.body)
      expect(form.get('refresh_token')).toBe(before)
      expect(world.storedRefreshToken).not.toBe(before)
      expect(world.storedRefreshToken?.slice(9)).toMatch(inside)
      world.extraSecrets.add(world.storedRefreshToken ?? '')
      const warnings = main.annotations.filter(({ kind }) => kind === 'warning')
      expect(warnings.map(({ message }) => message)).toEqual(
        sequence !== '1' && /\s/.test(inside)
          ? [expect.stringContaining("'refresh-token' contains white space")]
          : [],
      )
    }
    expect(world.authorizationServer.replays).toBe(0)
  })

  test('is stored without white space around it, as every run presents it', async () => {
    atTokenEndpoint({
      kind: 'rewrite',
      rewrite(reply) {
        const fields = JSON.parse(reply.body.toString()) as Record<
          string,
          string
        >
        fields['refresh_token'] = ` ${fields['refresh_token']} \n`
        return { ...reply, body: Buffer.from(JSON.stringify(fields)) }
      },
    })
    for (const sequence of ['1', '2']) {
      const { main } = await world.run()
      expect(main.outputs).toMatchObject({ outcome: 'rotated', sequence })
      expect(await world.authorizationServer.liveRefreshTokens()).toEqual([
        world.storedRefreshToken,
      ])
      expect(main.log).toContainEqual(
        expect.stringContaining('a token had white space around it'),
      )
    }
  })
})

describe('the stored refresh token stays', () => {
  test.each<[string, Fault]>([
    ['when the reply has none', change({ refresh_token: undefined })],
    ['when it is null', change({ refresh_token: null })],
    ['when it is empty', change({ refresh_token: '' })],
  ])('%s', async (_, fault) => {
    atTokenEndpoint(fault)
    const before = world.storedRefreshToken
    const { main } = await world.run({
      with: { 'access-token-secrets': 'ACCESS_TOKEN' },
    })
    expect(main.exitCode).toBe(0)
    expect(main.outputs).toMatchObject({
      outcome: 'not-rotated',
      rotated: 'false',
      'credential-state': 'unchanged',
      'access-token': world.repository.secrets.get('ACCESS_TOKEN')?.value,
    })
    expect(world.storedRefreshToken).toBe(before)
    expect(world.githubProxy.count('PUT', /\/REFRESH_TOKEN$/)).toBe(0)
  })
})
