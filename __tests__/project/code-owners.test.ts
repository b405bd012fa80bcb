import { expect, test } from '@jest/globals'

import { find, read } from './files.ts'

const rules = read('.github/CODEOWNERS')
  .split('\n')
  .filter((line) => /^[^#\s]/.test(line))
  .map((line) => line.split(/\s+/))

/** Patterns here are `*`, a file, or a folder from the top. */
function ownersOf(path: string): string[] {
  const [, ...owners] =
    rules.findLast(
      ([pattern = '']) =>
        pattern === '*' ||
        `/${path}` === pattern ||
        (pattern.endsWith('/') && `/${path}`.startsWith(pattern)),
    ) ?? []
  return owners
}

test('there is somebody for everything, and a smaller circle for what users run', () => {
  expect(ownersOf('src/main.ts')).toEqual(['@rotate-token/maintainers'])
  for (const path of [
    'action.yml',
    ...find('dist/*/*'),
    ...find('.github/workflows/*'),
    '.github/CODEOWNERS',
  ]) {
    expect([path, ...ownersOf(path)]).toEqual([path, '@rotate-token/release'])
  }
})

test('every line is about something that is there', () => {
  const patterns = rules.map(([pattern = '']) => pattern.slice(1))
  const gone = patterns.filter(
    (path) => path !== '' && find(`{${path},${path}*}`).length === 0,
  )
  expect(gone).toEqual([])
})
