import { describe } from '@jest/globals'

import { medium, testClass } from '../model/searches.ts'

describe('the model with a provider of class grace', () => {
  testClass('grace', medium)
})
