import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import {
  onGitHub,
  prefixes,
  type Between,
} from '../contracts/secret-place-subjects.ts'
import { testSecretPlace } from '../contracts/secret-place-suite.ts'
import { askerAt } from '../support/github/asking.ts'
import { GitHubStandIn } from '../support/github/stand-in.ts'
import { serve } from '../support/http-server.ts'

/**
 * The contract again, with Prism between the adapter and the stand-in: it checks
 * each request and each answer against GitHub's description with code that is not
 * ours, and answers for itself when one does not hold.
 */
const folder = mkdtempSync(join(tmpdir(), 'rotate-token-prism-'))
const between: { -readonly [K in keyof Between]: Between[K] } = {
  port: 0,
  url: '',
}
let prism: ChildProcess

beforeAll(async () => {
  between.port = await findFreePort()
  const port = await findFreePort()
  between.url = `http://127.0.0.1:${port}`
  prism = spawn(
    process.execPath,
    [
      'node_modules/@stoplight/prism-cli/dist/index.js',
      ...['proxy', writeDescription(), `http://127.0.0.1:${between.port}`],
      ...['--errors', '--host', '127.0.0.1', '--port', String(port)],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await new Promise<void>((resolve, reject) => {
    prism.once('exit', reject)
    prism.stdout?.on('data', (text: Buffer) => {
      if (text.includes('is listening')) resolve()
    })
  })
}, 30_000)

afterAll(() => {
  prism.kill()
  rmSync(folder, { recursive: true })
})

async function findFreePort(): Promise<number> {
  const server = await serve(() => undefined)
  await server.close()
  return Number(new URL(server.url).port)
}

/**
 * GitHub's description lists hardly any errors; all of them have one shape. And
 * Prism takes no notice of an answer that nothing is written about.
 */
function writeDescription(): string {
  const description = JSON.parse(
    readFileSync('__tests__/support/github/openapi.json', 'utf8'),
  ) as {
    paths: Record<string, Record<string, { responses: Record<string, object> }>>
  }
  const schema = { $ref: '#/components/schemas/basic-error' }
  const error = {
    description: 'Refused',
    content: { 'application/json': { schema } },
  }
  for (const path of Object.values(description.paths)) {
    for (const { responses } of Object.values(path)) {
      for (const [status, response] of Object.entries(responses)) {
        responses[status] = { description: 'An answer', ...response }
      }
      responses['4XX'] = error
    }
  }
  const file = join(folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(description))
  return file
}

describe.each(prefixes)('a secret place behind Prism: %sRT', (prefix) => {
  testSecretPlace(() => onGitHub(prefix, between))
})

test('Prism answers for itself when a request does not hold', async () => {
  const github = new GitHubStandIn()
  await github.start(between.port)
  github.addOrganization('acme')
  github.addToken('token', {
    kind: 'fine-grained',
    permissions: { organization_agent_secrets: 'write' },
    repositories: [],
    organizations: ['acme'],
  })
  const ask = askerAt(between.url)
  const answer = await ask(
    'PUT',
    '/orgs/acme/agents/secrets/RT',
    { visibility: 'nobody', key_id: '1', encrypted_value: 'eA==' },
    { 'content-type': 'application/json' },
  )
  expect(answer).toMatchObject({
    status: 422,
    body: {
      type: expect.stringContaining('prism'),
      validation: [
        expect.objectContaining({ location: ['body', 'visibility'] }),
      ],
    },
  })
  await github.close()
})
