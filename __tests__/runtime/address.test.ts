import { describe, expect, test } from '@jest/globals'

import { parseEndpointUrl } from '../../src/runtime/address.ts'

describe('parseEndpointUrl', () => {
  test.each([
    'https://as.example/token',
    'https://as.example:8443/token?tenant=1',
    'http://localhost:8080/token',
    'http://127.0.0.1/token',
    'http://127.1.2.3/token',
    'http://[::1]:9000/token',
  ])('accepts %s', (text) => {
    expect(parseEndpointUrl(text)).toEqual(new URL(text))
  })

  test.each([
    ['', 'is not a URL'],
    ['as.example/token', 'is not a URL'],
    ['/token', 'is not a URL'],
    ['ftp://as.example/token', 'is not an https: URL'],
    [
      'http://as.example/token',
      'is an http: URL; secrets are sent over https: only',
    ],
    [
      'http://localhost.example/',
      'is an http: URL; secrets are sent over https: only',
    ],
    [
      'http://127.0.0.1.example/',
      'is an http: URL; secrets are sent over https: only',
    ],
    ['https://me:you@as.example/', 'contains a user name or password'],
    ['https://as.example/token#x', 'has a fragment (#)'],
    ['https://as.example/token#', 'has a fragment (#)'],
  ])('refuses %p: it %s', (text, problem) => {
    expect(parseEndpointUrl(text)).toBe(problem)
  })
})
