import { createHash } from 'node:crypto'
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { describeOnLinux } from '../support/what-systems-can.ts'
import {
  askedOfGh,
  readWorkflow,
  runStep,
  standInForGh,
} from '../support/workflow-steps.ts'

/*
 * The steps of the probe, with a stand-in for gh. What GitHub itself says about a
 * real attestation cannot be tried here.
 */
const { jobs, permissions, defaults } = readWorkflow(
  '.github/workflows/probe.yml',
)
const repository = 'rotate-token/rotate-token'
const COMMIT = '0123456789abcdef0123456789abcdef01234567'
const ANOTHER = 'fedcba9876543210fedcba9876543210fedcba98'

describe('the probe', () => {
  test('verifies before it runs anything, and where it runs, it may do nothing', () => {
    expect(permissions).toEqual({})
    expect(jobs['find']?.permissions).toEqual({ contents: 'read' })
    expect(jobs['verify']?.permissions).toEqual({
      contents: 'read',
      attestations: 'read',
    })
    expect(jobs['run']?.permissions).toEqual({})
    expect(jobs['run']?.needs).toEqual(['find', 'verify'])
    for (const name of ['find', 'verify']) {
      const text = JSON.stringify(jobs[name]?.steps)
      expect(text).not.toMatch(/npm|npx|node /)
    }
  })

  test('verifies and runs the same commit, not a tag', () => {
    const at = '${{ needs.find.outputs.commit }}'
    for (const name of ['verify', 'run']) {
      const [checkout] = jobs[name]?.steps ?? []
      expect(checkout?.uses).toMatch(/^actions\/checkout@/)
      expect(checkout?.with?.['ref']).toBe(at)
    }
  })

  test('runs what is published, and does not build it', () => {
    const commands = jobs['run']?.steps.flatMap(({ run = [] }) => run)
    expect(commands).toEqual(['npm ci', 'npm start'])
  })

  test('stops at the first failure, within a pipe, too', () => {
    expect(defaults).toEqual({ run: { shell: 'bash' } })
  })
})

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotate-token-probe-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

describeOnLinux('the newest release', () => {
  interface Found {
    readonly status: number | null
    readonly said: string
    readonly outputs: string
  }

  /** `list` and `api` are what gh does when it is asked for them. */
  function find(list: string, api: string): Found {
    const output = join(folder, 'output')
    const { status, stdout } = runStep(
      jobs['find'],
      'The newest release',
      folder,
      {
        ...standInForGh(
          folder,
          `case "$1 $2" in 'release list') ${list} ;; api*) ${api} ;; esac`,
        ),
        GITHUB_OUTPUT: output,
      },
    )
    const outputs = existsSync(output) ? readFileSync(output, 'utf8') : ''
    return { status, said: stdout, outputs }
  }

  test('is found by its version, with the commit of its tag', () => {
    const list = `printf '%s\\n' v1.9.9 v1.10.0 v0.30.0 v1 v1.11.0-rc.1`
    const { status, outputs } = find(list, `echo ${COMMIT}`)
    expect(status).toBe(0)
    expect(outputs).toBe(`tag=v1.10.0\ncommit=${COMMIT}\n`)
    // By the full name: a branch may have the name of a tag.
    expect(askedOfGh(folder).at(-1)).toBe(
      `api repos/${repository}/commits/tags/v1.10.0 --jq .sha`,
    )
    expect(askedOfGh(folder)[0]).toContain(
      '--exclude-drafts --exclude-pre-releases',
    )
  })

  test('is not there yet: nothing is probed, and the run says so', () => {
    const { status, said, outputs } = find('', "echo 'refs/tags/v0.4.0'")
    expect(status).toBe(0)
    expect(said).toContain('::notice::There is no release yet')
    expect(outputs).toBe('')
    expect(jobs['verify']?.if).toBe("needs.find.outputs.commit != ''")
    expect(jobs['verify']?.needs).toBe('find')
  })

  test('is gone: that is a failure', () => {
    const refs = `printf '%s\\n' refs/tags/v0 refs/tags/v0.4.0`
    const { status, said, outputs } = find('', refs)
    expect(status).toBe(1)
    expect(said).toContain('::error::There is no release')
    expect(outputs).toBe('')
  })

  test.each([
    ['what is released', 'exit 1', `echo ${COMMIT}`],
    ['where its tag is', 'echo v1.10.0', 'exit 1'],
    ['whether there are tags', '', 'exit 1'],
  ])('fails when GitHub does not say %s', (_, list, api) => {
    const { status, outputs } = find(list, api)
    expect(status).not.toBe(0)
    expect(outputs).toBe('')
  })
})

describeOnLinux('a release', () => {
  const bundles = ['dist/main/index.js', 'dist/post/index.js']
  const attested = {
    workflow: `${repository}/.github/workflows/release.yml`,
    tag: 'v1.10.0',
    commit: COMMIT,
  }

  /**
   * A gh that compares as the real one does: the bytes of the file and every
   * option. `majorAt` is where v1 is, `verified` what becomes of `gh release verify`.
   */
  function answers(
    { workflow, tag, commit } = attested,
    { majorAt = COMMIT, verified = 0 } = {},
  ): string {
    return `case "$1 $2" in
      'release verify') exit ${verified} ;;
      'api repos/${repository}/commits/tags/v1') echo ${majorAt} ;;
      api*) exit 1 ;;
      'attestation verify')
        grep --quiet "$(sha256sum < "$3")" attested || exit 1
        shift 3
        test "$*" = "--repo ${repository} --signer-workflow ${workflow} \\
--source-ref refs/tags/${tag} --source-digest ${commit} --deny-self-hosted-runners"
        ;;
    esac`
  }

  /** Runs the job until a step fails; returns which one, and what was said. */
  function verify(gh: string): {
    readonly failed?: string
    readonly said: string
  } {
    const environment = {
      ...standInForGh(folder, gh),
      TAG: 'v1.10.0',
      COMMIT,
    }
    let said = ''
    for (const { name, run } of jobs['verify']?.steps ?? []) {
      if (name === undefined || run === undefined) continue
      const { status, stdout } = runStep(
        jobs['verify'],
        name,
        folder,
        environment,
      )
      said += stdout
      if (status !== 0) return { failed: name, said }
    }
    return { said }
  }

  const IMMUTABLE = 'The release is immutable, and its tag is where it was'
  const MAJOR = 'The tag of the major version is at the same commit'
  const BYTES = 'The release workflow has made these bytes from this commit'

  beforeEach(() => {
    for (const file of bundles) {
      cpSync(file, join(folder, file))
      const digest = createHash('sha256').update(readFileSync(file))
      appendFileSync(join(folder, 'attested'), `${digest.digest('hex')}  -\n`)
    }
  })

  test('that is what was published is verified, each bundle of it', () => {
    expect(verify(answers()).failed).toBeUndefined()
    const files = askedOfGh(folder).flatMap(
      (line) => /^attestation verify (\S+)/.exec(line)?.[1] ?? [],
    )
    expect(files).toEqual(bundles)
  })

  test('whose tag was moved is found out', () => {
    const gh = answers(attested, { verified: 1 })
    expect(verify(gh).failed).toBe(IMMUTABLE)
  })

  test('that the tag of the major version has been moved away from is found out', () => {
    const { failed, said } = verify(answers(attested, { majorAt: ANOTHER }))
    expect(failed).toBe(MAJOR)
    expect(said).toContain(`::error::v1 is at ${ANOTHER}, and v1.10.0`)
  })

  test.each([
    ['another workflow', { ...attested, workflow: 'x/y/.github/z.yml' }],
    ['another tag or a branch', { ...attested, tag: 'v1.9.9' }],
    ['another commit', { ...attested, commit: ANOTHER }],
  ])('that is attested for %s is refused', (_, other) => {
    expect(verify(answers(other)).failed).toBe(BYTES)
  })

  test.each(bundles)('with another %s is refused', (file) => {
    appendFileSync(join(folder, file), '\n')
    expect(verify(answers()).failed).toBe(BYTES)
  })
})
