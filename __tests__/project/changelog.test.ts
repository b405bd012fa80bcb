import { spawnSync } from 'node:child_process'

import { expect, test } from '@jest/globals'

import { VERSION } from '../../src/runtime/version.ts'
import { read } from './files.ts'

/*
 * The form is that of keepachangelog.com. What a release does when it is not kept
 * is tried in hostile/a-release-that-nobody-tested.test.ts.
 */
const changelog = read('CHANGELOG.md')
const headings = [...changelog.matchAll(/^## (.*)$/gm)].map(([, text]) =>
  String(text),
)
const versions = headings.map((text) => /\[(.*)\]/.exec(text)?.[1] ?? text)

test('the newest version is first, below what is not released', () => {
  expect(versions[0]).toBe('Unreleased')
  const released = versions.slice(1)
  const ordered = released.toSorted((one, other) =>
    other.localeCompare(one, 'en', { numeric: true }),
  )
  expect(released).toEqual(ordered)
  expect(released).toContain(VERSION)
})

test('each version has notes for its release', () => {
  const without = versions.slice(1).filter((version) => {
    const script = ['scripts/release-notes.mjs', version]
    return spawnSync(process.execPath, script).status !== 0
  })
  expect(without).toEqual([])
})

test('the dates go down as the versions do', () => {
  const dates = headings.slice(1).map((text) => text.split(' - ')[1])
  expect(dates).toEqual(dates.toSorted().reverse())
})

test('changes are of a kind', () => {
  const kinds = [...changelog.matchAll(/^### (.*)$/gm)].map(([, kind]) => kind)
  const known = /^(Added|Changed|Deprecated|Removed|Fixed|Security)$/
  expect(kinds.length).toBeGreaterThan(versions.length)
  expect(kinds.filter((kind) => !known.test(String(kind)))).toEqual([])
})

test('each version says where its changes are', () => {
  const links = [...changelog.matchAll(/^\[(.*)\]: (.*)$/gm)]
  expect(links.map(([, version]) => version)).toEqual(versions)
  const top = 'https://github.com/rotate-token/rotate-token/'
  links.forEach(([, version = '', link], index) => {
    const before = versions[index + 1]
    const tag = version === 'Unreleased' ? 'HEAD' : `v${version}`
    expect(link).toBe(
      before === undefined
        ? `${top}releases/tag/${tag}`
        : `${top}compare/v${before}...${tag}`,
    )
  })
})
