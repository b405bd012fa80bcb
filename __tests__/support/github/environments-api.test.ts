import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { askerOf, type Ask } from './asking.ts'
import { GitHubStandIn } from './stand-in.ts'

let github: GitHubStandIn
let ask: Ask

const path = '/repos/acme/web/environments'

beforeEach(async () => {
  github = new GitHubStandIn()
  await github.start()
  ask = askerOf(github)
  github.addRepository('acme/web')
  give('read')
})

afterEach(async () => {
  expect(github.violations).toEqual([])
  await github.close()
})

function give(level: 'read' | undefined): void {
  github.addToken('token', {
    kind: 'job',
    permissions:
      level === undefined ? { contents: 'write' } : { actions: level },
    repositories: ['acme/web'],
  })
}

test('environments are listed as they were written', async () => {
  expect(await ask('GET', path)).toMatchObject({
    status: 200,
    body: { total_count: 0, environments: [] },
  })
  github.clock.set(new Date('2030-01-01T00:00:00.900Z'))
  const repository = github.repository('acme/web')
  github.addEnvironment(repository, 'Pre Prod/EU').set('RT', 'x')
  github.addEnvironment(repository, 'production')
  expect((await ask('GET', path)).body).toMatchObject({
    total_count: 2,
    environments: [
      { name: 'Pre Prod/EU', created_at: '2030-01-01T00:00:00Z' },
      { name: 'production' },
    ],
  })
  expect(github.queueRun('acme/web')('pre prod/eu')).toEqual({ RT: 'x' })
})

test('in pages', async () => {
  for (let number = 0; number < 35; number += 1) {
    github.addEnvironment(github.repository('acme/web'), `e${number}`)
  }
  const names = async (query: string): Promise<string[]> => {
    const { body } = await ask('GET', path + query)
    const { environments } = body as { environments: { name: string }[] }
    return environments.map(({ name }) => name)
  }
  expect(await names('')).toHaveLength(30)
  expect(await names('?per_page=100')).toHaveLength(35)
  expect(await names('?per_page=2&page=18')).toEqual(['e34'])
})

test('to those who may read Actions, or to anybody', async () => {
  give(undefined)
  const { status, headers } = await ask('GET', path)
  expect(status).toBe(403)
  expect(headers.get('x-accepted-github-permissions')).toBe('actions=read')
  github.addRepository('acme/open', { isPrivate: false })
  expect((await ask('GET', '/repos/acme/open/environments')).status).toBe(200)
})
