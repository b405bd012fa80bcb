import { describe } from '@jest/globals'

import { medium, testClass } from '../model/searches.ts'

describe('the model with a provider of class confirm-on-use', () => {
  testClass('confirm-on-use', medium)
})

describe('the model with a provider of class non-rotating', () => {
  testClass('non-rotating', medium)
})
