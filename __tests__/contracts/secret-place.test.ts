import { describe } from '@jest/globals'

import { inMemory, onGitHub, prefixes } from './secret-place-subjects.ts'
import { testSecretPlace } from './secret-place-suite.ts'

describe('a secret place in memory', () => {
  testSecretPlace(inMemory)
})

describe.each(prefixes)('a secret place: %sRT', (prefix) => {
  testSecretPlace(() => onGitHub(prefix))
})
