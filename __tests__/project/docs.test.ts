import { posix } from 'node:path'

import { describe, expect, test } from '@jest/globals'
import { lexer } from 'marked'

import { refuseTrigger } from '../../src/inputs/trigger.ts'
import { rotationErrorCodes } from '../../src/rotation/outcome/errors.ts'
import { find, read } from './files.ts'

const pages = find('{.,.github,bench,docs,docs/*}/*.md').map((path) =>
  posix.normalize(path),
)
const forms = find('.github/ISSUE_TEMPLATE/*.yml')
const home = 'https://github.com/rotate-token/rotate-token/blob/main/'

interface Link {
  readonly page: string
  readonly link: string
  readonly path: string
  readonly anchor: string
}

function linksOf(page: string): Link[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => String(link))
    .filter((link) => link.startsWith(home) || !link.startsWith('https:'))
    .map((link) => ({ page, link, ...targetOf(page, link) }))
}

function targetOf(
  page: string,
  link: string,
): { readonly path: string; readonly anchor: string } {
  const isWhole = link.startsWith(home)
  const [file = '', anchor = ''] = link.replace(home, '').split('#')
  const path = isWhole ? file : posix.join(posix.dirname(page), file)
  return { path: file === '' ? page : path, anchor }
}

/** The anchors of a page, as GitHub makes them from its headings. */
function anchorsOf(page: string): string[] {
  return lexer(read(page)).flatMap((token) =>
    token.type === 'heading'
      ? String(token.text)
          .replace(/\]\([^)]*\)/g, '')
          .toLowerCase()
          .replace(/[^\w\- ]/g, '')
          .replaceAll(' ', '-')
      : [],
  )
}

/** The rows of the first table below a heading, each as its cells. */
function tableBelow(page: string, heading: string): string[][] {
  const [, section = ''] = read(page).split(`\n## ${heading}\n`)
  const [table = ''] = /\n\|[^]*?\n\n/.exec(section) ?? []
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
}

test('the pages are those that people read', () => {
  expect(pages).toEqual(
    expect.arrayContaining([
      'README.md',
      'CHANGELOG.md',
      '.github/CONTRIBUTING.md',
      '.github/SECURITY.md',
      'bench/README.md',
      'docs/README.md',
      'docs/decisions/0001-what-can-be-lost.md',
    ]),
  )
})

describe('links', () => {
  const links = [...pages, ...forms].flatMap(linksOf)

  test('lead to files', () => {
    const counts = ['README.md', '.github/CONTRIBUTING.md', ...forms].map(
      (page) => links.filter((link) => link.page === page).length,
    )
    expect(counts[0]).toBeGreaterThan(10)
    expect(counts[1]).toBeGreaterThan(3)
    expect(Math.max(...counts.slice(2))).toBeGreaterThan(0)
    expect(links.filter(({ path }) => find(path).length === 0)).toEqual([])
  })

  test('lead to headings', () => {
    const anchored = links.filter(({ anchor }) => anchor !== '')
    expect(anchored.length).toBeGreaterThan(5)
    expect(
      anchored.filter(({ path, anchor }) => !anchorsOf(path).includes(anchor)),
    ).toEqual([])
  })

  test('lead to every page and every example', () => {
    const linked = links
      .filter(({ page }) => page === 'README.md' || page === 'docs/README.md')
      .map(({ path }) => path)
    const wanted = pages.filter((page) => page.startsWith('docs/'))
    expect(wanted.filter((page) => !linked.includes(page))).toEqual([])

    const shown = linksOf('README.md').map(({ path }) => path)
    const examples = find('.github/examples/*.yml')
    expect(examples.length).toBeGreaterThan(7)
    expect(examples.filter((example) => !shown.includes(example))).toEqual([])
  })
})

test('the paths that pages name are there', () => {
  const pattern =
    /`((?:__tests__|bench|docs|scripts|src|\.ci|\.github)\/[\w./-]+)`/g
  const named = pages
    .flatMap((page) => [...read(page).matchAll(pattern)])
    .map(([, path]) => String(path))
    // The provider of the guide for new ones.
    .filter((path) => !path.endsWith('/acme.ts'))
  expect(named.length).toBeGreaterThan(5)
  expect(named.filter((path) => find(path).length === 0)).toEqual([])
})

test('the tests that the page on security names are there', () => {
  const page = '.github/SECURITY.md'
  const pattern = /\]\((\S+\.test\.ts)\) ("[^"]+"(?:, "[^"]+")*)/g
  const named = [...read(page).matchAll(pattern)].flatMap(
    ([, link = '', names = '']) =>
      [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => ({
        path: targetOf(page, link).path,
        name: String(name),
      })),
  )
  expect(named.length).toBeGreaterThan(10)
  const gone = named.filter(
    ({ path, name }) =>
      !["'", '`'].some((mark) => read(path).includes(`${mark}${name}${mark}`)),
  )
  expect(gone).toEqual([])
  const rows = tableBelow(page, 'Who can do what')
  expect(rows).toHaveLength(8)
  const unshown = rows.filter(([, , , test = '']) => !test.includes(') "'))
  expect(unshown).toEqual([])
})

describe('the page for trouble', () => {
  const page = 'docs/troubleshooting.md'

  test('quotes what a run says', () => {
    const rows = tableBelow(page, 'What the run says')
    expect(rows.length).toBeGreaterThan(8)
    const quotes = rows.map(([, says = '']) =>
      [...says.matchAll(/"([^"]+)"/g)].map(([, quote]) => String(quote)),
    )
    expect(quotes.filter((ofRow) => ofRow.length === 0)).toEqual([])
    const source = find('src/rotation/**/*.ts').map(read).join('\n')
    expect(quotes.flat().filter((quote) => !source.includes(quote))).toEqual([])
  })

  test('says what to do about every error code', () => {
    const rows = tableBelow(page, 'Error codes')
    expect(rows.map(([code]) => code)).toEqual(
      rotationErrorCodes.map((code) => `\`${code}\``),
    )
    const empty = rows.filter(
      ([, what = '', remedy = '']) => what.length < 10 || remedy.length < 10,
    )
    expect(empty).toEqual([])
  })
})

test('the events that may rotate are those that are let in', () => {
  const [, section = ''] = read('docs/schedule.md').split(
    '\n## Events that may rotate\n',
  )
  const [list = ''] = section.split('\n## ')
  const events = [...list.matchAll(/^- `(\w+)`/gm)].map(([, name]) =>
    String(name),
  )
  const repository = 'acme/web'
  const head = { repo: { full_name: repository } }
  const refused = events.filter(
    (eventName) =>
      refuseTrigger({
        eventName,
        actor: 'octocat',
        repository,
        payload: {
          pull_request: { head },
          workflow_run: { event: 'push', head_repository: head.repo },
        },
      }) !== undefined,
  )
  expect(refused).toEqual([])
  const [, trusted = ''] =
    /\btrusted\b[^[]*\[([^\]]*)\]/.exec(read('src/inputs/trigger.ts')) ?? []
  const known = [...trusted.matchAll(/'(\w+)'/g)].map(([, name]) => name)
  expect(events).toEqual([...known, 'pull_request', 'workflow_run'])
})
