import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { read } from '../project/files.ts'
import { describeOnLinux } from '../support/what-systems-can.ts'
import {
  askedOfGh,
  readWorkflow,
  runStep,
  standInForGh,
} from '../support/workflow-steps.ts'

const workflow = readWorkflow('.github/workflows/release.yml')
const jobs = Object.entries(workflow.jobs)
const publish = workflow.jobs['publish']

/** The one script that the job with permissions runs. */
const NOTES = 'scripts/release-notes.mjs'

describe('the workflow of a release', () => {
  test('gives permissions to no job that runs code of others', () => {
    expect(workflow.permissions).toEqual({})
    for (const [, { permissions = {}, steps }] of jobs) {
      const installs = steps.some(({ run = '', uses = '' }) =>
        /npm|npx|node |\.ci\/|setup-node/.test(
          `${run} ${uses}`.replace(`node ${NOTES} `, ''),
        ),
      )
      if (installs) expect(permissions).toEqual({})
    }
    expect(jobs.map(([name]) => name)).toEqual(['test', 'publish'])
  })

  test('runs, with permissions, only a script that needs nothing installed', () => {
    const script = read(NOTES)
    const imports = [...script.matchAll(/\b(?:import|require|from)\b.*/g)]
    expect(imports.map(String)).toEqual([
      "import { readFileSync } from 'node:fs'",
    ])
  })

  test('publishes after the tests only, with what was tested', () => {
    expect(publish?.needs).toBe('test')
    const names = publish?.steps.map(({ name, uses }) => name ?? uses ?? '')
    const last = names?.slice(-3).map((name) => name.split('@')[0])
    expect(last).toEqual([
      'actions/attest-build-provenance',
      'Publish',
      'Move the tag of the major version',
    ])
  })

  test('stops at the first failure, within a pipe, too', () => {
    expect(workflow.defaults).toEqual({ run: { shell: 'bash' } })
  })

  test('is for tags of whole versions: a pre-release does not start it', () => {
    expect(workflow.on.push?.tags).toEqual(['v[0-9]+.[0-9]+.[0-9]+'])
  })
})

function run(
  name: string,
  folder: string,
  environment: Record<string, string>,
): number | null {
  return runStep(publish, name, folder, environment).status
}

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-token-release-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describeOnLinux('a tag', () => {
  const step = 'The tag is the version, and on main'

  function git(...words: string[]): string {
    const who = ['-c', 'user.name=x', '-c', 'user.email=x@example.com']
    return execFileSync('git', [...who, ...words], { cwd: folder })
      .toString()
      .trim()
  }

  function commit(message: string): string {
    git('add', '.')
    git('commit', '--quiet', '--allow-empty', '--message', message)
    return git('rev-parse', 'HEAD')
  }

  let onMain: string
  let beside: string

  beforeEach(() => {
    git('init', '--quiet', '--initial-branch', 'main')
    writeFileSync(join(folder, 'package.json'), '{ "version": "1.2.3" }')
    onMain = commit('one')
    commit('two')
    git('update-ref', 'refs/remotes/origin/main', 'HEAD')
    git('checkout', '--quiet', '-b', 'other', onMain)
    beside = commit('three')
  })

  test('on main with its version is published', () => {
    expect(run(step, folder, { TAG: 'v1.2.3', GITHUB_SHA: onMain })).toBe(0)
  })

  test('beside main is not', () => {
    const status = run(step, folder, { TAG: 'v1.2.3', GITHUB_SHA: beside })
    expect(status).not.toBe(0)
  })

  test('of another version is not', () => {
    const status = run(step, folder, { TAG: 'v1.2.4', GITHUB_SHA: onMain })
    expect(status).not.toBe(0)
  })
})

describeOnLinux('the bytes', () => {
  const step = 'The bytes are those that were tested'

  /** What the job with the tests says of them. */
  function digest(): string {
    const build = workflow.jobs['test']?.steps.find(({ id }) => id === 'build')
    const [, command = ''] = /digest=\$\((.*)\)$/m.exec(build?.run ?? '') ?? []
    const options = { cwd: folder }
    return execFileSync('bash', ['-c', command], options).toString().trim()
  }

  test('that were tested are published, and no others', () => {
    cpSync('dist', join(folder, 'dist'), { recursive: true })
    const TESTED = digest()
    expect(TESTED).toMatch(/^[0-9a-f]{64}$/)
    expect(run(step, folder, { TESTED })).toBe(0)
    appendFileSync(join(folder, 'dist/post/index.js'), '\n')
    expect(run(step, folder, { TESTED })).not.toBe(0)
    expect(run(step, folder, { TESTED: '' })).not.toBe(0)
  })
})

/** What `gh` was asked, without the questions. */
function writes(): string[] {
  return askedOfGh(folder).filter((line) =>
    /^release create|--method/.test(line),
  )
}

describeOnLinux('the release', () => {
  const version = '1.2.3'
  const commit = '0123456789abcdef0123456789abcdef01234567'

  /** Publishes with this changelog, from a tag that is at `tagAt`. */
  function publishRelease(changelog: string, tagAt = commit): number | null {
    mkdirSync(join(folder, 'scripts'))
    cpSync(NOTES, join(folder, NOTES))
    writeFileSync(join(folder, 'CHANGELOG.md'), changelog)
    return run('Publish', folder, {
      ...standInForGh(folder, `echo ${tagAt}`),
      TAG: `v${version}`,
      GITHUB_SHA: commit,
    })
  }

  const section = '## [1.2.3] - 2026-01-31\n\n### Added\n\n- New.\n'
  const others = '## [1.2.2] - 2026-01-30\n\n- Old.\n\n[1.2.3]: https://x\n'

  test('has the notes that the changelog has for its version, and its commit', () => {
    expect(publishRelease(`# Changelog\n\n${section}\n${others}`)).toBe(0)
    const notes = readFileSync(join(folder, 'notes.md'), 'utf8')
    const [changes, pin = ''] = notes.split('\n### Pin this release\n')
    expect(changes).toBe('### Added\n\n- New.\n')
    expect(pin).toContain(
      `- uses: rotate-token/rotate-token@${commit} # v${version}\n`,
    )
    const [, anchor] = /\]\(.*\/README\.md#(.*)\)/.exec(pin) ?? []
    expect(anchor).toBe('verify-a-release')
    expect(read('README.md')).toContain('\n## Verify a release\n')
    expect(writes()).toEqual([
      `release create v1.2.3 --repo rotate-token/rotate-token --verify-tag --notes-file ${folder}/notes.md`,
    ])
  })

  test.each([
    ['has no section', others],
    ['has two sections', `${section}\n${section}`],
    ['has no date', section.replace(' - 2026-01-31', '')],
    ['has a day that never was', section.replace('01-31', '02-31')],
    ['has a heading alone', section.replace('- New.', '')],
    ['has nothing but addresses', '## [1.2.3] - 2026-01-31\n\n[1.2.3]: x\n'],
    ['has a version that only begins like it', section.replace('3]', '30]')],
  ])('is not published when it %s', (_, changelog) => {
    expect(publishRelease(changelog)).not.toBe(0)
    expect(writes()).toEqual([])
  })

  test('is not published when somebody has moved its tag', () => {
    expect(publishRelease(section, 'another')).not.toBe(0)
    expect(writes()).toEqual([])
  })
})

describeOnLinux('the tag of the major version', () => {
  const step = 'Move the tag of the major version'
  const refs = 'repos/rotate-token/rotate-token/git/refs'

  function move(tag: string, answers: string): number | null {
    return run(step, folder, {
      ...standInForGh(folder, answers),
      TAG: tag,
      GITHUB_SHA: 'sha',
    })
  }

  /** These are published; `fail` is what the tag of the major version does. */
  function published(tags: string, fail = ''): string {
    return `case "$1 $3" in 'release --repo') printf '%s\\n' ${tags} ;; ${fail} esac`
  }

  test('moves to the newest release of its major version', () => {
    const tags = published('v2.0.0 v1.9.9 v1.10.0 v0.30.0 v1 v1.11.0-rc.1')
    expect(move('v1.10.0', tags)).toBe(0)
    expect(writes()).toEqual([
      `api --method PATCH ${refs}/tags/v1 -f sha=sha -F force=true`,
    ])
    expect(askedOfGh(folder).join()).toContain(
      '--exclude-drafts --exclude-pre-releases',
    )
  })

  test('moves to a release that GitHub does not list yet', () => {
    expect(move('v1.10.0', published('v1.9.9'))).toBe(0)
    expect(writes()).toHaveLength(1)
  })

  test('is made with the first release of its major version', () => {
    const fail = "'api PATCH') exit 1 ;;"
    expect(move('v1.0.0', published('v1.0.0 v0.9.0', fail))).toBe(0)
    expect(writes().at(-1)).toBe(
      `api --method POST ${refs} -f ref=refs/tags/v1 -f sha=sha`,
    )
  })

  test('stays when the release mends an older one', () => {
    expect(move('v1.9.10', published('v1.10.0 v1.9.10'))).toBe(0)
    expect(writes()).toEqual([])
  })

  test('stays when the tag is a pre-release', () => {
    move('v1.11.0-rc.1', published('v1.11.0-rc.1 v1.10.0'))
    expect(writes()).toEqual([])
  })

  test('stays, in red, when GitHub does not say what is published', () => {
    expect(move('v1.10.0', 'exit 1')).not.toBe(0)
    expect(writes()).toEqual([])
  })

  test('does not move in green when it could not be moved', () => {
    const fail = "'api PATCH' | 'api POST') exit 1 ;;"
    expect(move('v1.10.0', published('v1.10.0', fail))).not.toBe(0)
  })
})
