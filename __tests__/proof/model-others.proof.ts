import { describe } from '@jest/globals'

import { large, testClass } from '../model/searches.ts'

describe('the model with a provider of class confirm-on-use', () => {
  testClass('confirm-on-use', large)
})

describe('the model with a provider of class non-rotating', () => {
  testClass('non-rotating', large)
})
