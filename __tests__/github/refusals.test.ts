import { describe, expect, test } from '@jest/globals'

import type { Answer } from '../../src/github/answer.ts'
import {
  GivenToken,
  kindOf,
  type Credential,
  type CredentialKind,
} from '../../src/github/credential.ts'
import { explainRefusal, type Subject } from '../../src/github/refusals.ts'
import type { Failure } from '../../src/rotation/outcome/errors.ts'
import { HeldSecrets } from '../../src/rotation/outcome/foreign-text.ts'
import { SecretValue } from '../../src/rotation/tokens/secret-value.ts'
import { webUrl } from '../support/github-api.ts'

const subject: Subject = {
  holder: 'organization acme',
  permission: {
    key: 'organization_dependabot_secrets',
    title: 'Organization dependabot secrets',
    level: 'organization',
  },
  classicScope: 'admin:org',
  otherwise: { code: 'SECRET_REFUSED', remedy: 'Look at it.' },
}

const { quote } = new HeldSecrets()

function refusal(
  status: number,
  message = 'No',
  headers: Record<string, string> = {},
): Answer {
  const date = new Date('2026-01-01T12:00:00Z')
  return {
    kind: 'answer',
    status,
    isSuccess: status < 300,
    message,
    quoteMessage: () => message,
    headers,
    data: { message },
    date,
  }
}

function explain(
  credential: Credential,
  answer: Answer,
  about: Partial<Subject> = {},
  web = webUrl,
): Failure {
  return explainRefusal(
    { ...subject, ...about },
    { credential, webUrl: web, quote },
    'write',
    'write it',
    answer,
  )
}

function token(
  text: string,
  kind: CredentialKind = kindOf(new SecretValue(text)),
): GivenToken {
  return new GivenToken(
    new SecretValue(text),
    kind,
    'github-token',
    webUrl,
    () => undefined,
  )
}

const missing = 'needs the organization permission "Organization dependabot'

describe('a permission that is missing is named in the words of the credential', () => {
  test.each([
    [
      'github_pat_1',
      `The fine-grained token in 'github-token' ${missing} secrets" (organization_dependabot_secrets: write) for the organization acme. Change it at https://github.com/settings/personal-access-tokens.`,
    ],
    [
      'ghp_1',
      "The classic token in 'github-token' needs the scope admin:org, and its owner must be an administrator of the organization acme. Change it at https://github.com/settings/tokens.",
    ],
    [
      'ghs_1',
      `The installation token in 'github-token' ${missing} secrets" (organization_dependabot_secrets: write) for the organization acme. Grant the permission to the App in its settings (https://github.com/settings/apps, or those of the organization that owns it), then accept it for the installation.`,
    ],
    [
      'ghu_1',
      `The user access token in 'github-token' ${missing} secrets" (organization_dependabot_secrets: write) for the organization acme. Change it at https://github.com/settings/applications.`,
    ],
    [
      'x',
      `The token in 'github-token' ${missing} secrets" (organization_dependabot_secrets: write) for the organization acme. Change it at https://github.com/settings/tokens.`,
    ],
  ])('%s', (text, remedy) => {
    expect(explain(token(text), refusal(403))).toMatchObject({
      code: 'PERMISSION_MISSING',
      remedy,
    })
  })

  test('and the built-in GITHUB_TOKEN is no use at all', () => {
    const { code, remedy } = explain(token('ghs_1', 'job'), refusal(403))
    expect(code).toBe('PERMISSION_MISSING')
    expect(remedy).toContain('GITHUB_TOKEN can never write secrets')
    expect(remedy).not.toContain('organization_dependabot_secrets')
  })

  test('with what GitHub would have accepted, and when the token expires', () => {
    const credential = token('github_pat_1')
    credential.learn(
      { 'github-authentication-token-expiration': '2026-06-01 10:00:00 +0200' },
      new Date('2026-01-01T00:00:00Z'),
    )
    const headers = { 'x-accepted-github-permissions': 'agent_secrets=write' }
    const { remedy } = explain(credential, refusal(403, 'No', headers))
    expect(remedy).toContain('would have accepted: agent_secrets=write.')
    expect(remedy).toContain('It expires 2026-06-01 08:00:00 UTC.')
  })

  test('where reading takes the permission to write', () => {
    const permission = {
      key: 'codespaces_secrets',
      title: 'Codespaces secrets',
      level: 'repository',
      isForWritersOnly: true,
    } as const
    const { remedy } = explainRefusal(
      { ...subject, permission },
      { credential: token('github_pat_1'), webUrl, quote },
      'read',
      'read it',
      refusal(403),
    )
    expect(remedy).toContain('(codespaces_secrets: write)')
  })
})

describe('what else is behind a refusal', () => {
  const credential = token('github_pat_1')

  test('401: the token is none', () => {
    expect(explain(credential, refusal(401, 'Bad credentials'))).toEqual({
      code: 'CREDENTIAL_REJECTED',
      what: 'GitHub did not let this run write it: it answered 401 "Bad credentials".',
      remedy:
        "The fine-grained token in 'github-token' has expired or was revoked: create a new one and put it into its secret (https://github.com/settings/personal-access-tokens).",
    })
  })

  test('404: GitHub does not say what is not there', () => {
    expect(explain(credential, refusal(404)).remedy).toContain(
      'Or the organization acme does not exist, or is not visible to it.',
    )
    expect(explain(credential, refusal(403)).remedy).not.toContain(
      'does not exist',
    )
  })

  test('single sign-on', () => {
    const headers = { 'x-github-sso': 'required; url=https://secret.example' }
    const { remedy } = explain(credential, refusal(403, 'SAML', headers))
    expect(remedy).toContain('single sign-on of the organization acme')
    expect(remedy).not.toContain('secret.example')
  })

  test('an IP allow list', () => {
    const message =
      'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled'
    expect(explain(credential, refusal(403, message)).remedy).toContain(
      'address of this runner',
    )
  })

  test('a server that has no such secrets', () => {
    const headers = { 'x-github-enterprise-version': '3.19.0' }
    const feature = { feature: 'Codespaces' }
    expect(
      explain(credential, refusal(404, 'Not Found', headers), feature),
    ).toMatchObject({
      code: 'SECRET_STORE_UNAVAILABLE',
      what: expect.stringContaining(
        'GitHub Enterprise Server 3.19.0 has no Codespaces secrets',
      ),
    })
    // There it may as well be the permission.
    expect(explain(credential, refusal(403, 'No', headers), feature).code).toBe(
      'PERMISSION_MISSING',
    )
    expect(
      explain(
        credential,
        refusal(404),
        feature,
        new URL('https://acme.ghe.com'),
      ).remedy,
    ).toContain('Or acme.ghe.com has no Codespaces secrets.')
    expect(explain(credential, refusal(404), feature).remedy).not.toContain(
      'has no Codespaces',
    )
  })
})

describe('a token that is going to expire', () => {
  function warnings(header: string): string[] {
    const lines: string[] = []
    const credential = new GivenToken(
      new SecretValue('github_pat_1'),
      'fine-grained',
      'github-token',
      webUrl,
      (line) => lines.push(line),
    )
    const now = new Date('2026-01-01T00:00:00Z')
    const headers = { 'github-authentication-token-expiration': header }
    credential.learn(headers, now)
    credential.learn(headers, now)
    return lines
  }

  test('within 14 days is warned about, once', () => {
    expect(warnings('2026-01-15 00:00:00 UTC')).toEqual([
      expect.stringMatching(
        /^The fine-grained token in 'github-token' expires 2026-01-15 00:00:00 UTC\. .*personal-access-tokens/,
      ),
    ])
  })

  test.each([
    ['later than that', '2026-01-15 00:00:01 UTC'],
    ['at no time', ''],
    ['at a time that nobody can read', 'tomorrow'],
  ])('%s is not', (_, header) => {
    expect(warnings(header)).toEqual([])
  })
})
