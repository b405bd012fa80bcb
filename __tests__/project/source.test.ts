import { expect, test } from '@jest/globals'

import { find, read } from './files.ts'

const sources = find('src/**/*.ts')

test('no file is longer than 300 lines', () => {
  const long = sources.filter((file) => read(file).split('\n').length > 301)
  expect(long).toEqual([])
})

test('names are kebab-case, and none says nothing', () => {
  const names = sources.map((file) => file.slice(file.lastIndexOf('/') + 1))
  expect(names.filter((name) => !/^[a-z]+(-[a-z]+)*\.ts$/.test(name))).toEqual(
    [],
  )
  const empty = /^(index|utils?|helpers?|common|types|misc)\.ts$/
  expect(names.filter((name) => empty.test(name))).toEqual([])
})

test('secrets are revealed where they are used, and nowhere else', () => {
  const revealing = sources.filter((file) => read(file).includes('.reveal('))
  expect(revealing.sort()).toEqual([
    'src/github/api.ts', // the header of requests to GitHub
    'src/github/seal.ts', // sealed boxes
    'src/oauth/client-authentication.ts', // the token request
    'src/oauth/token-endpoint.ts', // the token request
    'src/report/annotations.ts', // the masked step output
    'src/rotation/foreign-text.ts', // to recognise it in what servers say
    'src/run.ts', // masks
  ])
})

test('the runner is spoken to in few places', () => {
  const speaking = sources.filter((file) => read(file).includes('@actions/'))
  expect(speaking.sort()).toEqual([
    'src/input-reader.ts',
    'src/inputs.ts',
    'src/main.ts',
    'src/report/annotations.ts',
    'src/run.ts',
  ])
})

test('nothing is there for tests only: the environment has no switches', () => {
  const variables = sources.flatMap((file) =>
    [...read(file).matchAll(/process\.env\b.{0,30}/g)].map(String),
  )
  expect(variables).toEqual([
    expect.stringContaining("['STATE_at-risk']"),
    expect.stringContaining("['GITHUB_REPOSITORY']"),
  ])
  for (const file of ['dist/main/index.js', 'dist/post/index.js']) {
    expect(read(file)).not.toContain('__tests__')
  }
})
