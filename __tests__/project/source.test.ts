import { expect, test } from '@jest/globals'

import { find, read } from './files.ts'

const sources = find('src/**/*.ts')

test('no file is longer than 300 lines', () => {
  const long = sources.filter((file) => read(file).split('\n').length > 301)
  expect(long).toEqual([])
})

test('names are kebab-case, and none says nothing', () => {
  const names = sources.map((file) => file.slice(file.lastIndexOf('/') + 1))
  expect(
    names.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*\.ts$/.test(name)),
  ).toEqual([])
  const empty = /^(index|utils?|helpers?|common|types|misc)\.ts$/
  expect(names.filter((name) => empty.test(name))).toEqual([])
})

test('secrets are revealed where they are used, and nowhere else', () => {
  const revealing = sources.filter((file) => read(file).includes('.reveal('))
  expect(revealing.sort()).toEqual([
    'src/github/credential.ts', // the kind of token, which its beginning tells
    'src/github/fetch.ts', // the header of requests to GitHub
    'src/github/seal.ts', // sealed boxes
    'src/oauth/client-authentication.ts', // the token request
    'src/oauth/health-check.ts', // the request to the verify URL
    'src/oauth/introspection.ts', // the introspection request
    'src/oauth/request-shape.ts', // the request of a token for its successor
    'src/oauth/token-endpoint.ts', // the token request
    'src/report/annotations.ts', // the masked step output
    'src/rotation/outcome/foreign-text.ts', // to recognise it in what servers say
    'src/rotation/tokens/jwt.ts', // the claims of a JWT: its expiry, or whose ID token it is
    'src/runner/installation-tokens.ts', // masks, and the state for post
    'src/runner/job.ts', // masks
    'src/runtime/token-keys.ts', // the keys of the record
  ])
})

test('the runner is spoken to in few places', () => {
  const speaking = sources.filter((file) => read(file).includes('@actions/'))
  expect(speaking.sort()).toEqual([
    'src/composition.ts',
    'src/inputs/reader.ts',
    'src/main.ts',
    'src/report/annotations.ts',
    'src/run.ts',
    'src/runner/installation-tokens.ts',
    'src/runner/job.ts',
    'src/runner/journal.ts',
  ])
})

test('nothing is there for tests only: the environment has no switches', () => {
  const variables = sources.flatMap((file) =>
    [...read(file).matchAll(/process\.env\b(?:\[[^\]]+\])?/g)].map(String),
  )
  expect(variables).toEqual([
    expect.stringContaining("['STATE_journal']"),
    expect.stringContaining("['STATE_tokens']"),
    expect.stringContaining("['RUNNER_TEMP']"),
    expect.stringContaining("['NODE_TLS_REJECT_UNAUTHORIZED']"),
    expect.stringContaining("['NODE_DEBUG']"),
    expect.stringContaining("['NODE_OPTIONS']"),
    expect.stringContaining("['ACTIONS_ID_TOKEN_REQUEST_URL']"),
    expect.stringContaining("['ACTIONS_ID_TOKEN_REQUEST_TOKEN']"),
    expect.stringContaining("['GITHUB_REPOSITORY']"),
    expect.stringContaining("['RUNNER_TEMP']"),
  ])
  for (const file of ['dist/main/index.js', 'dist/post/index.js']) {
    expect(read(file)).not.toContain('__tests__')
  }
})
