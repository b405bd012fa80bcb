import { describe, expect, test } from '@jest/globals'

import { replaceCommand, restoreCommand } from '../../src/github/by-hand.ts'
import {
  canonicalPlace,
  canonicalStore,
  describePlace,
  parsePlace,
  type Place,
} from '../../src/github/places.ts'
import {
  parametersOf,
  requiredPermission,
  routesOf,
} from '../../src/github/store-facts.ts'
import { webUrl } from '../support/github-api.ts'

const current = { owner: 'Acme', repository: 'Web' }

function parsed(text: string): Place {
  const place = parsePlace(text, current)
  if (typeof place === 'string') throw new Error(place)
  return place
}

describe('a place', () => {
  test.each([
    [
      'MY_TOKEN',
      'repository:acme/web/my_token',
      'secret MY_TOKEN of repository Acme/Web',
      'gh secret set MY_TOKEN --repo Acme/Web',
      'secrets',
    ],
    [
      '_x1',
      'repository:acme/web/_x1',
      'secret _x1 of repository Acme/Web',
      'gh secret set _x1 --repo Acme/Web',
      'secrets',
    ],
    [
      'environment:production/T',
      'repository:acme/web/environment:production/t',
      "secret T of environment 'production' of Acme/Web",
      'gh secret set T --repo Acme/Web --env production',
      'environments',
    ],
    [
      "environment:pre prod/it's/T",
      "repository:acme/web/environment:pre prod/it's/t",
      "secret T of environment 'pre prod/it's' of Acme/Web",
      String.raw`gh secret set T --repo Acme/Web --env 'pre prod/it'\''s'`,
      'environments',
    ],
    [
      'repository:other/api.v2/T',
      'repository:other/api.v2/t',
      'secret T of repository other/api.v2',
      'gh secret set T --repo other/api.v2',
      'secrets',
    ],
    [
      'repository:other/api/environment:a/b/T',
      'repository:other/api/environment:a/b/t',
      "secret T of environment 'a/b' of other/api",
      'gh secret set T --repo other/api --env a/b',
      'environments',
    ],
    [
      'organization:acme-corp/T',
      'organization:acme-corp/t',
      'secret T of organization acme-corp',
      'gh secret set T --org acme-corp',
      'organization_secrets',
    ],
    [
      'repository:short_code/x/T',
      'repository:short_code/x/t',
      'secret T of repository short_code/x',
      'gh secret set T --repo short_code/x',
      'secrets',
    ],
    [
      'dependabot/T',
      'repository:acme/web/dependabot/t',
      'Dependabot secret T of repository Acme/Web',
      'gh secret set T --app dependabot --repo Acme/Web',
      'dependabot_secrets',
    ],
    [
      'codespaces/T',
      'repository:acme/web/codespaces/t',
      'Codespaces secret T of repository Acme/Web',
      'gh secret set T --app codespaces --repo Acme/Web',
      'codespaces_secrets',
    ],
    [
      'repository:other/api/agents/T',
      'repository:other/api/agents/t',
      'Agents secret T of repository other/api',
      'gh secret set T --app agents --repo other/api',
      'agent_secrets',
    ],
    [
      'organization:acme/dependabot/T',
      'organization:acme/dependabot/t',
      'Dependabot secret T of organization acme',
      'gh secret set T --app dependabot --org acme',
      'organization_dependabot_secrets',
    ],
    [
      'organization:acme/codespaces/T',
      'organization:acme/codespaces/t',
      'Codespaces secret T of organization acme',
      'gh secret set T --app codespaces --org acme',
      'organization_codespaces_secrets',
    ],
    [
      'organization:acme/agents/T',
      'organization:acme/agents/t',
      'Agents secret T of organization acme',
      'gh secret set T --app agents --org acme',
      'organization_agent_secrets',
    ],
    [
      'user/codespaces/T',
      'user/codespaces/t',
      'Codespaces secret T of the user',
      'gh secret set T --user',
      'codespaces_user_secrets',
    ],
    // A store's name behind an environment is a part of the environment's name.
    [
      'environment:a/dependabot/T',
      'repository:acme/web/environment:a/dependabot/t',
      "secret T of environment 'a/dependabot' of Acme/Web",
      'gh secret set T --repo Acme/Web --env a/dependabot',
      'environments',
    ],
  ])('%s', (text, canonical, label, command, permission) => {
    const place = parsed(text)
    expect(canonicalPlace(place)).toBe(canonical)
    expect(canonicalStore(place)).toBe(
      canonical.slice(0, canonical.lastIndexOf('/')),
    )
    expect(describePlace(place)).toBe(label)
    expect(replaceCommand(place, webUrl)).toBe(command)
    expect(requiredPermission(place).key).toBe(permission)
  })

  test('is the same secret in any spelling', () => {
    const spellings = ['my_token', 'repository:ACME/web/My_Token']
    expect(
      new Set(spellings.map((text) => canonicalPlace(parsed(text)))),
    ).toEqual(new Set([canonicalPlace(parsed('MY_TOKEN'))]))
  })

  test('is reached under its own route', () => {
    const place = parsed('environment:a/b/T')
    expect(routesOf(place).list).toBe(
      'GET /repos/{owner}/{repo}/environments/{environment_name}/secrets',
    )
    expect(parametersOf(place.holder)).toEqual({
      owner: 'Acme',
      repo: 'Web',
      environment_name: 'a/b',
    })
  })
})

describe('refused as a place', () => {
  const form = 'is not one of NAME'
  test.each([
    ['', 'has no secret name'],
    ['GITHUB_TOKEN', 'begins with GITHUB_'],
    ['github_x', 'begins with GITHUB_'],
    ['1TOKEN', 'begins with a digit'],
    ['MY-TOKEN', 'characters other than'],
    ['MY TOKEN', 'characters other than'],
    ['TÖKEN', 'characters other than'],
    ['ROTATE_TOKEN_PROBE_1', 'which Rotate Token writes and deletes'],
    ['${{ secrets.X }}', 'characters other than'],
    ['owner/repo/NAME', form],
    ['environment:NAME', form],
    ['environment:/NAME', 'has no environment name'],
    ['environment:production/', 'has no secret name'],
    ['environment:../NAME', 'has no valid environment name'],
    ['environment:./NAME', 'has no valid environment name'],
    [`environment:${'x'.repeat(256)}/NAME`, 'more than 255 characters'],
    ['repository:acme/NAME', form],
    ['repository:acme/../NAME', 'has no valid repository name'],
    ['repository:/web/NAME', 'has no valid owner'],
    ['repository:ac me/web/NAME', 'has no valid owner'],
    ['repository:acme/web/', 'has no secret name'],
    ['repository:acme/web/x/NAME', form],
    ['organization:acme', form],
    ['organization:/NAME', 'has no valid owner or organization'],
    ['organization:acme/environment:x/NAME', form],
    ['organisation:acme/NAME', form],
    ['dependabot/', 'has no secret name'],
    ['dependabot/x/NAME', form],
    ['actions/NAME', form],
    ['organization:acme/codespaces/GITHUB_X', 'begins with GITHUB_'],
    ['user/NAME', 'the only secrets that a user has'],
    ['user/dependabot/NAME', 'the only secrets that a user has'],
    ['user/codespaces/1', 'begins with a digit'],
    ['user/codespaces/a/b', form],
  ])('%p: %s', (text, problem) => {
    expect(parsePlace(text, current)).toEqual(expect.stringContaining(problem))
  })
})

test('a command by hand goes to the server that holds the secret', () => {
  const enterprise = new URL('https://github.acme.example')
  expect(replaceCommand(parsed('organization:acme/T'), enterprise)).toBe(
    'GH_HOST=github.acme.example gh secret set T --org acme',
  )
  expect(
    restoreCommand(
      parsed('environment:a/b/T'),
      { keyId: '1', encryptedValue: 'Ym94' },
      {},
      enterprise,
    ),
  ).toBe(
    "gh api -X PUT --hostname github.acme.example 'repos/Acme/Web/environments/a%2Fb/secrets/T' -f key_id=1 -f encrypted_value=Ym94",
  )
})
