import { describe, expect, test } from '@jest/globals'

import { InstallationPlan } from '../../src/github/access.ts'
import type { Installation } from '../../src/github/app.ts'
import { parsePlace } from '../../src/github/places.ts'

function plan(...paths: string[]): Installation[] {
  const made = new InstallationPlan()
  for (const path of paths) {
    const place = parsePlace(path, { owner: 'Acme', repository: 'Web' })
    if (typeof place === 'string') throw new Error(place)
    made.addPlace(place)
  }
  return made.installations.map(([, installation]) => installation)
}

describe('an installation token is planned', () => {
  test('with one permission for one place', () => {
    expect(plan('NAME')).toEqual([
      {
        account: 'Acme',
        permissions: { secrets: 'write' },
        repositories: ['web'],
      },
    ])
  })

  test('once for all the repositories of an account, however they are written', () => {
    expect(
      plan(
        'A',
        'environment:production/B',
        'repository:ACME/api/dependabot/C',
        'repository:acme/web/agents/D',
        'codespaces/E',
      ),
    ).toEqual([
      {
        account: 'Acme',
        permissions: {
          secrets: 'write',
          environments: 'write',
          dependabot_secrets: 'write',
          agent_secrets: 'write',
          codespaces_secrets: 'write',
        },
        repositories: ['api', 'web'],
      },
    ])
  })

  test('apart for an organization, so that neither may more than it has to', () => {
    expect(
      plan('A', 'organization:acme/A', 'organization:acme/agents/B'),
    ).toEqual([
      {
        account: 'Acme',
        permissions: { secrets: 'write' },
        repositories: ['web'],
      },
      {
        account: 'acme',
        permissions: {
          organization_secrets: 'write',
          organization_agent_secrets: 'write',
        },
        repositories: [],
      },
    ])
  })

  test('apart for each owner', () => {
    expect(plan('A', 'repository:other/x/A', 'organization:third/A')).toEqual([
      expect.objectContaining({ account: 'Acme', repositories: ['web'] }),
      expect.objectContaining({ account: 'other', repositories: ['x'] }),
      expect.objectContaining({ account: 'third', repositories: [] }),
    ])
  })

  test('with the greater of two levels', () => {
    const made = new InstallationPlan()
    const repository = { owner: 'acme', repository: 'web' }
    made.addRepository(repository, { actions: 'read', contents: 'write' })
    made.addRepository(repository, { actions: 'write', contents: 'read' })
    expect(made.installations).toEqual([
      [
        expect.any(String),
        expect.objectContaining({
          permissions: { actions: 'write', contents: 'write' },
        }),
      ],
    ])
  })
})
