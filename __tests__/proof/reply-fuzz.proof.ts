import { expect, test } from '@jest/globals'

import { providers } from '../../src/oauth/known-providers.ts'
import type { ReplyShape } from '../../src/oauth/provider.ts'
import { readTokenReply, type RawReply } from '../../src/oauth/token-reply.ts'
import type { RefreshResult } from '../../src/rotation/ports.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'

/**
 * Replies of every kind of brokenness. A failure names its seed; with
 * FUZZ_SEED the same replies come again.
 */
const seed = Number(process.env['FUZZ_SEED'] ?? 20_260_101)
const TIMEOUT_MILLISECONDS = 120_000
const BROKEN_REPLIES = 160_000
const ERROR_REPLIES = 60_000
const GOOD_REPLIES = 30_000
const LARGE_REPLIES = 60
const MAX_HEAP_GROWTH = 150 * 1024 * 1024

const presented = 'the-presented.refresh_token~0123456789'
const held = new HeldSecrets()
held.add(new SecretValue(presented))
held.add(new SecretValue('client-secret-1'))
const shapes = [...providers.values()].flatMap(({ reply }) =>
  reply ? [reply] : [],
)

/** Mulberry32. */
class Chance {
  #state: number

  constructor(state: number) {
    this.#state = state
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit)
  }

  isLikely(probability: number): boolean {
    return this.next() < probability
  }

  pick<T>(choices: readonly T[]): T {
    const choice = choices[this.below(choices.length)]
    if (choice === undefined) throw new RangeError('nothing to choose from')
    return choice
  }

  token(): string {
    return `t${this.below(1e9).toString(36)}-_.~${this.below(1e9).toString(36)}`
  }
}

const statuses = [
  100, 200, 200, 200, 200, 201, 204, 299, 301, 302, 400, 400, 401, 403, 404,
  405, 415, 422, 429, 500, 502, 503, 599, 0, 999,
]

type Body = Record<string, unknown>

function noise(chance: Chance, depth = 0): unknown {
  switch (chance.below(depth > 3 ? 6 : 9)) {
    case 0:
      return null
    case 1:
      return chance.below(1e6)
    case 2:
      return chance.isLikely(0.5)
    case 3:
      return ''
    case 4:
      return chance.pick([
        'Bearer',
        'é\u0000"\\\n',
        '💥',
        presented,
        '}{',
        'a=b',
      ])
    case 5:
      return -1e308
    case 6:
      return [noise(chance, depth + 1), noise(chance, depth + 1)]
    default:
      return { [chance.pick(['data', 'x', 'scope'])]: noise(chance, depth + 1) }
  }
}

function shuffle(chance: Chance, body: Body): Body {
  const entries = Object.entries(body)
  for (let last = entries.length - 1; last > 0; last--) {
    const other = chance.below(last + 1)
    const [one, two] = [entries[last], entries[other]]
    if (one && two) [entries[last], entries[other]] = [two, one]
  }
  return Object.fromEntries(entries)
}

/** Fields that mean nothing here, whatever they hold. */
function filler(chance: Chance): Body {
  const body: Body = {}
  for (let count = chance.below(4); count > 0; count--) {
    body[chance.pick(['scope', 'id_token', 'user', 'team', 'created_at'])] =
      noise(chance)
  }
  return body
}

function pair(chance: Chance): Body {
  return {
    access_token: chance.token(),
    refresh_token: chance.token(),
    ...(chance.isLikely(0.8) && {
      token_type: chance.pick(['Bearer', 7, null]),
    }),
    ...(chance.isLikely(0.8) && {
      expires_in: chance.pick([3600, '3600', 0, -1, 1e300, null, {}, 'soon']),
    }),
    ...(chance.isLikely(0.3) && {
      [chance.pick([
        'refresh_token_expires_in',
        'x_refresh_token_expires_in',
        'refresh_expires_in',
        'refresh_token_expires_at',
        'expires_at',
      ])]: chance.pick([60, '60', 0, -1, 1e300, '2026-02-01', 'x', [], 9e15]),
    }),
  }
}

function wrap(chance: Chance, body: Body): Body {
  let wrapped = body
  for (let depth = chance.below(4); depth > 0; depth--) {
    const name = chance.pick(['data', 'body', 'result', 'authed_user'])
    wrapped = chance.isLikely(0.2)
      ? { [name]: [noise(chance), wrapped] }
      : { [name]: wrapped }
  }
  return wrapped
}

/** Ways to say no, none of them with an access token. */
function error(chance: Chance): Body {
  const code = chance.pick([
    'invalid_grant',
    'invalid_client',
    'invalid_request',
    'bad_refresh_token',
    'invalid_refresh_token',
    'refresh_token_reused',
    'server_error',
    'Something went wrong',
  ])
  const body: Body = chance.pick<Body>([
    { error: code },
    { error: code, error_description: noise(chance) },
    { ok: false, error: code },
    { ok: false },
    { success: false, errors: [{ errorType: code, message: 'no' }] },
    { error: { code, message: 'no' } },
    { error: { type: code, message: noise(chance) } },
    { errors: [code] },
    { errcode: 'M_UNKNOWN_TOKEN', error: 'no', soft_logout: true },
  ])
  const echo = { refresh_token: chance.pick([presented, chance.token()]) }
  return shuffle(chance, {
    ...filler(chance),
    ...body,
    ...(chance.isLikely(0.3) && echo),
    ...(chance.isLikely(0.3) && { request: { ...echo, grant_type: 'x' } }),
  })
}

function encode(chance: Chance, text: string): Buffer {
  switch (chance.below(8)) {
    case 0:
      return Buffer.from(`\ufeff${text}`)
    case 1:
      return Buffer.from(text, 'utf16le')
    case 2:
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 3:
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
    default:
      return Buffer.from(text)
  }
}

function print(chance: Chance, body: unknown): string {
  return JSON.stringify(body, undefined, chance.pick([0, 0, 1, '\t']))
}

const pieces = [
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '\u0000',
  '\n',
  '&',
  '=',
  '%',
  'ÿ',
  '"refresh_token":"',
  '"refresh_token":',
  '"access_token":"',
  '"error":',
  'null',
  '\\u0022',
  '\\"',
  '"}',
  '<html>',
  '}{',
]

/** Breaks bytes in a few places. */
function mutate(chance: Chance, bytes: Buffer): Buffer {
  let mutated = bytes
  for (let count = chance.below(5); count > 0; count--) {
    const at = chance.below(mutated.length + 1)
    const rest = mutated.subarray(at)
    const head = mutated.subarray(0, at)
    switch (chance.below(6)) {
      case 0:
        mutated = head
        break
      case 1:
        mutated = Buffer.concat([head, Buffer.from(chance.pick(pieces)), rest])
        break
      case 2:
        mutated = Buffer.concat([head, rest.subarray(chance.below(4))])
        break
      case 3:
        mutated = Buffer.from(mutated)
        if (at < mutated.length) mutated[at] = chance.below(256)
        break
      case 4:
        mutated = Buffer.concat([mutated, rest])
        break
      default:
        mutated = rest.length > 0 && chance.isLikely(0.2) ? rest : mutated
    }
  }
  return mutated
}

function replyWith(chance: Chance, body: Buffer): RawReply {
  return {
    status: chance.pick(statuses),
    body,
    isComplete: chance.isLikely(0.8),
    ...(chance.isLikely(0.7) && { date: new Date('2026-01-01T00:00:00Z') }),
    ...(chance.isLikely(0.1) && {
      retryAfter: chance.pick(['30', 'x', 'Thu, 01 Jan 2026 00:01:00 GMT', '']),
    }),
  }
}

function shapeFor(chance: Chance): ReplyShape | undefined {
  return chance.isLikely(0.3) ? chance.pick(shapes) : undefined
}

/** Says what is wrong with a judgement, with everything needed to see it again. */
function fail(what: string, reply: RawReply, result?: RefreshResult): never {
  throw new Error(
    `seed ${seed}: ${what}: ${JSON.stringify({ ...reply, body: Buffer.from(reply.body).toString('latin1'), result })}`,
  )
}

function judge(reply: RawReply, shape: ReplyShape | undefined): RefreshResult {
  const start = Date.now()
  let result: RefreshResult
  try {
    result = readTokenReply(
      reply,
      held.quote,
      shape,
      new SecretValue(presented),
    )
  } catch (thrown) {
    return fail(`threw ${String(thrown)}`, reply)
  }
  if (Date.now() - start > 2000) fail('took too long', reply)
  if ('answer' in result && result.answer.includes(presented.slice(4, 20))) {
    fail('tells the token', reply, result)
  }
  return result
}

const completeToken = /"refresh_token"\s*:\s*"([\w.~-]+)"/g
const anyError = /err|"ok"|"success"|"status"/i
const deadWords =
  /invalid_grant|refresh_token|invalid_token|not_found_error|unknown_token|invalid_request|invalid|passed for/i

/** What holds for every reply, whatever it is. */
function checkAnything(
  reply: RawReply,
  shape: ReplyShape | undefined,
  result: RefreshResult,
): void {
  const { status } = reply
  const text = new TextDecoder().decode(reply.body)
  const complete = [...text.matchAll(completeToken)].map(([, token]) => token)
  const fresh = complete.filter((token) => token !== presented)
  const isSuccess = status >= 200 && status < 300
  const kept =
    result.kind === 'issued' ? result.tokens.refreshToken?.reveal() : undefined
  if (isSuccess && fresh.length > 0 && !anyError.test(text)) {
    if (kept === undefined) fail('drops a refresh token', reply, result)
    const isThere = [...text.matchAll(anyString)].some(
      ([, name = '', value = '']) =>
        // White space around a token is removed.
        isName(name) &&
        [value, unescape(value)].some((each) => each?.trim() === kept),
    )
    // A shape may name any field.
    if (!isThere && shape === undefined) {
      fail('keeps another refresh token', reply, result)
    }
  }
  if (result.kind === 'issued' && kept === undefined) {
    if (!isSuccess) fail('takes a failure for a success', reply, result)
    if (!isWhole(reply)) fail('takes a part for the whole', reply, result)
  }
  if (result.kind === 'invalid-grant') {
    const isByStatus = shape?.invalidGrantStatuses?.includes(status) ?? false
    if (status >= 500) fail('believes a broken server', reply, result)
    if (!isByStatus && !deadWords.test(printable(reply.body))) {
      fail('calls it dead without a word of it', reply, result)
    }
  }
}

/** Any string behind a name, overlapping ones too: quotes may be missing. */
const anyString = /"(?=((?:[^"\\]|\\.)*)"\s*:\s*"((?:[^"\\]|\\.)*)")/gs

function isName(name: string): boolean {
  const plain = (unescape(name) ?? name).toLowerCase().replaceAll(/[^a-z]/g, '')
  return plain === 'refreshtoken'
}

function unescape(text: string | undefined): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string
  } catch {
    return undefined
  }
}

function printable(body: Uint8Array): string {
  return Buffer.from(body).toString('latin1').replaceAll('\0', '')
}

function isWhole({ body, isComplete }: RawReply): boolean {
  const even = body.subarray(0, body.length - (body.length % 2))
  const utf8 = new TextDecoder().decode(body)
  if (isComplete && /^[\w.~%+-]+=/.test(utf8.trim())) return true
  const utf16 = ['utf-16le', 'utf-16be'].map((name) =>
    new TextDecoder(name).decode(even),
  )
  return [utf8, ...utf16].some((text) => {
    try {
      return typeof JSON.parse(text) === 'object'
    } catch {
      return false
    }
  })
}

function measured(run: () => void): void {
  const before = process.memoryUsage().heapUsed
  run()
  const grown = process.memoryUsage().heapUsed - before
  expect(grown).toBeLessThan(MAX_HEAP_GROWTH)
}

test(
  `${BROKEN_REPLIES} broken replies`,
  () => {
    const chance = new Chance(seed)
    const kinds = new Map<string, number>()
    measured(() => {
      for (let count = 0; count < BROKEN_REPLIES; count++) {
        const body = chance.isLikely(0.7)
          ? wrap(
              chance,
              shuffle(chance, { ...pair(chance), ...filler(chance) }),
            )
          : error(chance)
        const text = chance.isLikely(0.1)
          ? String(
              new URLSearchParams(
                Object.entries(body).map(([name, value]): [string, string] => [
                  name,
                  String(value),
                ]),
              ),
            )
          : print(chance, body)
        const bytes = chance.isLikely(0.03)
          ? Buffer.from(
              Array.from({ length: chance.below(64) }, () => chance.below(256)),
            )
          : mutate(chance, encode(chance, text))
        const reply = replyWith(chance, bytes)
        const shape = shapeFor(chance)
        const result = judge(reply, shape)
        checkAnything(reply, shape, result)
        kinds.set(result.kind, (kinds.get(result.kind) ?? 0) + 1)
      }
    })
    // All ways to judge have been taken, often enough to mean something.
    for (const kind of [
      'issued',
      'refused',
      'invalid-grant',
      'indeterminate',
    ]) {
      expect([kind, (kinds.get(kind) ?? 0) > 1000]).toEqual([kind, true])
    }
  },
  TIMEOUT_MILLISECONDS,
)

test(
  `${ERROR_REPLIES} errors, whole or cut, are never a success`,
  () => {
    const chance = new Chance(seed + 1)
    measured(() => {
      for (let count = 0; count < ERROR_REPLIES; count++) {
        const bytes = encode(chance, print(chance, error(chance)))
        const reply = replyWith(chance, bytes)
        const shape = shapeFor(chance)
        const result = judge(reply, shape)
        if (result.kind === 'issued') fail('takes an error', reply, result)
        checkAnything(reply, shape, result)
      }
    })
  },
  TIMEOUT_MILLISECONDS,
)

test(
  `${GOOD_REPLIES} whole replies, however encoded and wrapped, are understood`,
  () => {
    const chance = new Chance(seed + 2)
    measured(() => {
      for (let count = 0; count < GOOD_REPLIES; count++) {
        const tokens = pair(chance)
        const body = wrap(
          chance,
          shuffle(chance, { ...filler(chance), ...tokens }),
        )
        const bytes = encode(chance, print(chance, body))
        const reply = replyWith(chance, bytes)
        const result = judge(reply, undefined)
        // With any status: nobody distributes a pair and means no.
        if (
          result.kind !== 'issued' ||
          result.tokens.refreshToken?.reveal() !== tokens['refresh_token'] ||
          result.tokens.accessToken?.reveal() !== tokens['access_token']
        ) {
          fail('does not understand', reply, result)
        }
      }
    })
  },
  TIMEOUT_MILLISECONDS,
)

const MEGABYTE = 1024 * 1024

/** Made to take long: what a parser or an expression would go over again and again. */
const large: readonly ((chance: Chance) => string)[] = [
  () => '{"a":'.repeat(MEGABYTE / 5),
  () => `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`,
  () => `${'['.repeat(400_000)}${']'.repeat(400_000)}`,
  () => '"refresh_token":"'.repeat(MEGABYTE / 17),
  () => '"refresh_token":""'.repeat(MEGABYTE / 18),
  () => `"refresh_token":"${presented}",`.repeat(MEGABYTE / 60),
  () => `"refresh_token"${' '.repeat(MEGABYTE)}`,
  () => `"refresh_token":"${'\\'.repeat(MEGABYTE)}`,
  () => `"refresh_token":"${'\\u0041'.repeat(MEGABYTE / 6)}"`,
  () => `{"error":"${'x'.repeat(MEGABYTE)}"}`,
  () => `{"error":{"message":"${presented.repeat(20_000)}"}}`,
  () => JSON.stringify(Array.from({ length: 100_000 }, () => ({ a: 1 }))),
  () =>
    JSON.stringify({ a: Array.from({ length: 100_000 }, () => ({ a: 1 })) }),
  () => `a=${'&b=c'.repeat(MEGABYTE / 4)}&error=x`,
  () => '='.repeat(MEGABYTE),
  (chance) =>
    Buffer.from(
      Array.from({ length: MEGABYTE / 4 }, () => chance.below(256)),
    ).toString('latin1'),
]

test(
  `${LARGE_REPLIES} replies of a megabyte do not take long`,
  () => {
    const chance = new Chance(seed + 3)
    for (let count = 0; count < LARGE_REPLIES; count++) {
      const text = large[count % large.length]?.(chance) ?? ''
      const reply = replyWith(chance, Buffer.from(text))
      judge(reply, shapeFor(chance))
    }
  },
  TIMEOUT_MILLISECONDS,
)
