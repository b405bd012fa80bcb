import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { VERSION } from '../../src/runtime/version.ts'
import { readWorkflow } from '../support/workflow-steps.ts'
import { find, read } from './files.ts'

const readme = read('README.md')
const manifest = JSON.parse(read('package.json')) as {
  version: string
  scripts: Record<string, string>
}

/** The code blocks in one language. */
function blocks(language: string): string[] {
  const pattern = new RegExp(`\n\`\`\`${language}\n([^]*?)\n\`\`\`\n`, 'g')
  return [...readme.matchAll(pattern)].map(([, block]) => String(block))
}

test('its workflow is the example, which the linters check', () => {
  expect(blocks('yaml')).toEqual([read('.github/examples/rotate.yml').trim()])
})

/** The command that verifies a release is the last one. */
const verification = blocks('sh').at(-1)

test('its commands are those of package.json, and CI runs them', () => {
  const commands = blocks('sh')
    .slice(0, -1)
    .flatMap((block) => block.split(/\n| && /))
  expect(commands).toEqual(['npm ci', 'npm start', 'npm ci', 'npm test'])
  expect(manifest.scripts).toMatchObject({
    start: expect.any(String),
    test: expect.any(String),
  })
  const ci = read('.ci/run')
  for (const command of new Set(commands)) expect(ci).toContain(command)
})

test('it verifies a release with the very command of the probe', () => {
  const { jobs } = readWorkflow('.github/workflows/probe.yml')
  const commands = jobs['verify']?.steps.flatMap(({ run = [] }) => run)
  expect(commands?.at(-1)?.trim()).toBe(verification)
  // It verifies all that is attested, and all that action.yml runs.
  const files = [...String(verification).matchAll(/dist\/\S+\.js/g)].map(String)
  const release = readWorkflow('.github/workflows/release.yml')
  const attest = release.jobs['publish']?.steps.find(({ uses = '' }) =>
    uses.startsWith('actions/attest-build-provenance@'),
  )
  expect(String(attest?.with?.['subject-path']).trim().split('\n')).toEqual(
    files,
  )
  const { runs } = parse(read('action.yml')) as {
    runs: { main: string; post: string }
  }
  expect([runs.main, runs.post]).toEqual(files)
})

test('it begins with its title, the badges and three sentences', () => {
  const [title, badges = '', sentences = ''] = readme.split('\n\n')
  expect(title).toBe('# Rotate Token')
  const repository = 'rotate-token/rotate-token'
  const pattern = /^\[!\[(.*)\]\((https:.*)\)\]\((.*)\)$/gm
  const found = [...badges.matchAll(pattern)].map(([, ...parts]) => parts)
  expect(found).toEqual([
    ['CI', expect.stringContaining('/ci.yml/badge.svg'), expect.anything()],
    ['Release', expect.stringContaining('/v/release/'), expect.anything()],
    ['Licence', expect.stringContaining('/license/'), 'LICENSE'],
  ])
  for (const [, image] of found) expect(image).toContain(repository)
  expect(badges.split('\n')).toHaveLength(found.length)
  expect(sentences.split('\n')).toHaveLength(3)
})

test('it says that the tag of its major version moves', () => {
  const [major] = VERSION.split('.')
  expect(readme).toContain(`The tag \`v${major}\` moves`)
})

test('the version is the same everywhere', () => {
  expect(VERSION).toBe(manifest.version)
  expect(readme).toContain(`rotate-token/rotate-token@v${VERSION}`)
  expect(read('CHANGELOG.md')).toContain(`\n## [${VERSION}] - `)
})

test('workflows grant nothing by default and pin what they use', () => {
  const files = find('.github/workflows/*.yml')
  expect(files.length).toBe(7)
  for (const file of files) {
    const text = read(file)
    const workflow = parse(text) as { permissions: object }
    expect(workflow.permissions).toEqual({})
    const uses = [...text.matchAll(/uses: (.*)/g)].map(([, use]) => use)
    const loose = uses.filter(
      (use) => !/^[\w./-]+@[0-9a-f]{40} # v\d/.test(String(use)),
    )
    expect(loose).toEqual([])
    // Each grant has its reason beside it.
    const grants = [...text.matchAll(/: (?:read|write)\b.*/g)].map(String)
    expect(grants.filter((grant) => !grant.includes('#'))).toEqual([])
  }
})
