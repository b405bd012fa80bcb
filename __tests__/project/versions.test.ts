import { expect, test } from '@jest/globals'

import { read } from './files.ts'

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
