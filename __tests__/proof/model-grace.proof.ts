import { describe } from '@jest/globals'

import { large, testClass } from '../model/searches.ts'

describe('the model with a provider of class grace', () => {
  testClass('grace', large)
})
