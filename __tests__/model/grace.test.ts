import { describe } from '@jest/globals'

import { testClass } from './searches.ts'

describe('the model with a provider of class grace', () => {
  testClass('grace')
})
