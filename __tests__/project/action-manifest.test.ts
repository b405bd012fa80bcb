import { readFileSync } from 'node:fs'

import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { credentialStates } from '../../src/rotation/outcome/errors.ts'
import { plainInputs, secretInputs } from '../../src/inputs/reader.ts'
import { outcomes } from '../../src/rotation/outcome/outcome.ts'
import { find, read } from './files.ts'

interface Manifest {
  name: string
  description: string
  branding: object
  inputs: Record<
    string,
    { description: string; required: boolean; default?: string }
  >
  outputs: Record<string, { description: string }>
  runs: { using: string; main: string; post: string; 'post-if': string }
}

const manifest = parse(read('action.yml')) as Manifest
const readme = read('README.md')

/** The first column of the table below a heading. */
function tableBelow(heading: string): string[] {
  const [, section = ''] = readme.split(`\n## ${heading}\n`)
  const [table = ''] = /\n\|[^]*?\n\n/.exec(section) ?? []
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => String(name))
}

test('no description holds an expression: the runner refuses that manifest', () => {
  const descriptions = [
    manifest.description,
    ...Object.values(manifest.inputs).map(({ description }) => description),
    ...Object.values(manifest.outputs).map(({ description }) => description),
  ]
  expect(descriptions.filter((text) => text.includes('${{'))).toEqual([])
  expect(descriptions.filter((text) => text.length < 20)).toEqual([])
})

test('the description fits into the Marketplace', () => {
  expect(manifest.description.length).toBeLessThanOrEqual(125)
})

test('the step and its post step are there and run on node 24', () => {
  expect(manifest.runs).toEqual({
    using: 'node24',
    main: 'dist/main/index.js',
    post: 'dist/post/index.js',
    'post-if': 'always()',
  })
  readFileSync(manifest.runs.main)
  readFileSync(manifest.runs.post)
})

describe('inputs', () => {
  test('are those in the README, in any order', () => {
    expect(tableBelow('Inputs').sort()).toEqual(
      Object.keys(manifest.inputs).sort(),
    )
  })

  test('are those that are read', () => {
    const names = Object.keys(manifest.inputs).sort()
    expect([...secretInputs, ...plainInputs].sort()).toEqual(names)
    const files = find('src/inputs/*.ts').filter(
      (file) => !file.includes('reader'),
    )
    const source = files.map(read).join()
    expect(names.filter((name) => !source.includes(`'${name}'`))).toEqual([])
  })

  test('are masked where they are secrets', () => {
    const secret = /(?:-token|-private-key|-passphrase|client-secret)$/
    const names = Object.keys(manifest.inputs).filter((name) =>
      secret.test(name),
    )
    expect(names.sort()).toEqual([...secretInputs].sort())
  })

  test('have a default unless they are required', () => {
    for (const input of Object.values(manifest.inputs)) {
      expect(input.required).toBe(input.default === undefined)
    }
  })
})

test('outputs are those in the README, and all are set', () => {
  const outputs = Object.keys(manifest.outputs)
  expect(tableBelow('Outputs')).toEqual(outputs)
  const source = read('src/report/annotations.ts')
  expect(
    [...source.matchAll(/setOutput\('([^']+)'/g)].map(([, name]) => name),
  ).toEqual(outputs)
})

test('every outcome is in the description of its output', () => {
  const { description = '' } = manifest.outputs['outcome'] ?? {}
  const words = description.split(/[^a-z-]+/)
  expect(outcomes.filter((outcome) => !words.includes(outcome))).toEqual([])
})

test('every outcome and credential state is in the README', () => {
  const words = [...outcomes, ...credentialStates]
  expect(words.length).toBeGreaterThan(15)
  expect(words.filter((word) => !readme.includes(`| \`${word}\``))).toEqual([])
})
