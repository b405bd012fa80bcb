import { expect, test } from '@jest/globals'

import { find, read } from './files.ts'

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
  const plain = ['npm ci', 'npm start', 'npm test']
  const scripted = find('.ci/*')
  const known = Object.keys(scripts).map((name) => `npm run ${name}`)
  for (const command of commands) {
    expect([...known, ...plain, ...scripted]).toContain(command)
  }
})
