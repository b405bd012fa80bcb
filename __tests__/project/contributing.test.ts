import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { expect, test } from '@jest/globals'

import { read } from './files.ts'

const folder = fileURLToPath(new URL('../../.github', import.meta.url))
const text = read('.github/CONTRIBUTING.md')
const { scripts } = JSON.parse(read('package.json')) as {
  scripts: Record<string, string>
}

test('its commands run on every node that engines allows: npm starts ours', () => {
  const commands = [
    ...[...text.matchAll(/\n```sh\n([^]*?)\n```\n/g)].flatMap(([, block]) =>
      String(block).split('\n'),
    ),
    ...[...text.matchAll(/`((?:npm|npx|node) [^`]+)`/g)].map(([, one]) =>
      String(one),
    ),
  ].map((line) => line.replace(/ +#.*| -- .*/g, ''))
  expect(commands.length).toBeGreaterThan(10)
  const known = Object.keys(scripts).map((name) => `npm run ${name}`)
  for (const command of commands) {
    expect([...known, 'npm ci', 'npm test', '.ci/run']).toContain(command)
  }
})

test('its links lead to files', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link)
  expect(links.length).toBeGreaterThan(3)
  expect(
    links.filter((link) => !existsSync(join(folder, String(link)))),
  ).toEqual([])
})
