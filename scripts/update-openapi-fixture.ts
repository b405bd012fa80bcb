/**
 * Renews __tests__/support/github/openapi.json: GitHub's description of the
 * operations that the GitHub stand-in serves, and of nothing else. The whole
 * description is too large to depend on (385 MB unpacked).
 *
 *   npm run update:openapi -- [version of @octokit/openapi]
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { format } from 'prettier'

const version = process.argv[2] ?? '23.0.2'
const target = '__tests__/support/github/openapi.json'

/** What every store of secrets has, whosever it is. */
function storeOperations(base: string): Record<string, string[]> {
  return {
    [base]: ['get'],
    [`${base}/public-key`]: ['get'],
    [`${base}/{secret_name}`]: ['get', 'put', 'delete'],
  }
}

/** And one whose secrets are open to repositories of the owner's choice. */
function sharedStoreOperations(base: string): Record<string, string[]> {
  return {
    ...storeOperations(base),
    [`${base}/{secret_name}/repositories`]: ['get', 'put'],
    [`${base}/{secret_name}/repositories/{repository_id}`]: ['put', 'delete'],
  }
}

const stores = ['actions', 'dependabot', 'codespaces', 'agents']

/** Every operation that the stand-in knows; it refuses all others. */
const operations: Record<string, string[]> = Object.assign(
  {},
  ...stores.map((store) =>
    storeOperations(`/repos/{owner}/{repo}/${store}/secrets`),
  ),
  storeOperations(
    '/repos/{owner}/{repo}/environments/{environment_name}/secrets',
  ),
  ...stores.map((store) =>
    sharedStoreOperations(`/orgs/{org}/${store}/secrets`),
  ),
  sharedStoreOperations('/user/codespaces/secrets'),
  {
    '/repos/{owner}/{repo}/environments': ['get'],
    '/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}': [
      'get',
    ],
    '/repos/{owner}/{repo}/git/ref/{ref}': ['get'],
    '/repos/{owner}/{repo}/git/refs': ['post'],
    '/repos/{owner}/{repo}/git/refs/{ref}': ['patch'],
    '/repos/{owner}/{repo}/git/commits': ['post'],
    '/repos/{owner}/{repo}/git/commits/{commit_sha}': ['get'],
    '/repos/{owner}/{repo}/git/trees': ['post'],
    '/repos/{owner}/{repo}/installation': ['get'],
    '/orgs/{org}/installation': ['get'],
    '/users/{username}/installation': ['get'],
    '/app/installations/{installation_id}/access_tokens': ['post'],
    '/installation/token': ['delete'],
  },
) as Record<string, string[]>

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = Record<string, Json>

const description = readDescription()
const paths: JsonObject = {}
for (const [path, methods] of Object.entries(operations)) {
  const item = object(object(description['paths'])[path])
  paths[path] = Object.fromEntries(
    methods.map((method) => [method, trim(object(item[method]))]),
  )
}
const components: Record<string, JsonObject> = {
  // The body of every error, which the operations do not list.
  schemas: { 'basic-error': resolve('#/components/schemas/basic-error') },
}
collect(paths)

writeFileSync(
  target,
  await format(
    JSON.stringify({
      openapi: description['openapi'],
      info: {
        title: `GitHub REST API, ${Object.keys(paths).length} paths of it`,
        description: `From npm @octokit/openapi ${version}, api.github.com.json (MIT), by scripts/update-openapi-fixture.ts`,
        version,
      },
      paths,
      components,
    }),
    { parser: 'json' },
  ),
)

function readDescription(): JsonObject {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'))
  try {
    const options = { cwd: folder, encoding: 'utf8' } as const
    const name = execFileSync(
      'npm',
      ['pack', '--silent', `@octokit/openapi@${version}`],
      options,
    ).trim()
    const file = 'package/generated/api.github.com.json'
    execFileSync('tar', ['xzf', name, file], options)
    return object(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Json)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Leaves out what no check reads: prose, examples, links. */
function trim(value: Json, areNames = false): Json {
  if (Array.isArray(value)) return value.map((entry) => trim(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => areNames || !isProse(key))
      .map(([key, entry]) => [
        key,
        trim(entry, key === 'properties' && !areNames),
      ]),
  )
}

function isProse(key: string): boolean {
  return (
    [
      'description',
      'example',
      'examples',
      'externalDocs',
      'summary',
      'tags',
    ].includes(key) || key.startsWith('x-')
  )
}

/** Copies what is referred to, and what that refers to. */
function collect(value: Json): void {
  if (Array.isArray(value)) {
    value.forEach(collect)
    return
  }
  if (typeof value !== 'object' || value === null) return
  const reference = value['$ref']
  if (typeof reference === 'string') {
    const [, , kind = '', name = ''] = reference.split('/')
    const group = (components[kind] ??= {})
    if (group[name] === undefined) {
      group[name] = resolve(reference)
      collect(group[name])
    }
  }
  Object.values(value).forEach(collect)
}

function resolve(reference: string): JsonObject {
  const [, ...steps] = reference.split('/')
  return object(
    trim(
      steps.reduce<Json>((at, step) => object(at)[step] ?? null, description),
    ),
  )
}

function object(value: Json | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError('the description has another shape than expected')
  }
  return value
}
