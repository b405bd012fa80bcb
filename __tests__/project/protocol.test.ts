import { existsSync } from 'node:fs'
import { posix } from 'node:path'
import { fileURLToPath } from 'node:url'

import { describe, expect, test } from '@jest/globals'

import { rotationErrorCodes } from '../../src/rotation/outcome/errors.ts'
import { outcomes } from '../../src/rotation/outcome/outcome.ts'
import { find, read } from './files.ts'

const page = read('docs/protocol.md')

/** A table by its first column's head, line by line and cell by cell. */
function tableWith(head: string, text = page): string[][] {
  const [, table = ''] =
    new RegExp(`\\n\\| ${head} +\\|.*\\n\\|[ |-]+\\n((?:\\|.*\\n)+)`).exec(
      text,
    ) ?? []
  return table
    .trim()
    .split('\n')
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
    .map((cells) => cells.slice(1, -1))
}

/** What stands below a heading, up to the next one of any level. */
function section(heading: string, text = page): string {
  const [, body = ''] =
    new RegExp(`\\n#+ ${heading}\\n([^]*?)(?=\\n#|$)`).exec(text) ?? []
  return `${body}\n`
}

/** First groups. */
function all(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, first]) => String(first))
}

function without(text: string, ...ends: readonly string[]): string {
  return ends.reduce((left, each) => left.replaceAll(each, ''), text)
}

/** From the top of the project. */
function pathOf(link: string): string {
  return posix.join('docs', link)
}

const labels = new Map(
  [...page.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, label, link]) => [
    String(label),
    pathOf(String(link)),
  ]),
)

describe('links', () => {
  const links = all(page, /\]\(([^)#]+)\)/g)

  test('lead to files', () => {
    const paths = [...links.map(pathOf), ...labels.values()]
    expect(paths.length).toBeGreaterThan(60)
    const root = new URL('../../', import.meta.url)
    const gone = paths.filter(
      (path) => !existsSync(fileURLToPath(new URL(path, root))),
    )
    expect(gone).toEqual([])
  })

  test('by a label have one, and no label is left over', () => {
    const used = all(page, /\[([^\]\n]+)\](?![(:])/g)
    expect([...new Set(used)].sort()).toEqual([...labels.keys()].sort())
  })
})

describe('quotes', () => {
  const prose = page.replaceAll(/`[^`]*`/g, (code) => 'x'.repeat(code.length))
  const pattern = /\[([^\]]+)\] ("[^"]+"(?:, "[^"]+")*)/g
  const quotes = [...prose.matchAll(pattern)].flatMap(
    ([, label = '', names = '']) =>
      all(names, /"([^"]+)"/g).map((name) => [label, name] as const),
  )

  test('are names of tests, and nothing else is quoted', () => {
    expect(quotes.length).toBeGreaterThan(100)
    expect(all(prose.replaceAll(pattern, ''), /("[^"]*")/g)).toEqual([])
  })

  test('stand in the files that they are said to stand in', () => {
    const gone = quotes.filter(([label, name]) => {
      const text = read(labels.get(label) ?? '')
      return !['`', "'", '"'].some((mark) =>
        text.includes(`${mark}${name}${mark}`),
      )
    })
    expect(gone).toEqual([])
  })
})

describe('steps', () => {
  const steps = tableWith('#').map(([number, name, file = '']) => ({
    step: `${number} ${name}`,
    number: Number(number),
    files: all(file, /\(\.\.\/([^)]+)\)/g),
  }))
  const names = steps.map(({ step }) => step)

  test('are those of rotate.ts', () => {
    const source = read('src/rotation/rotate.ts')
    expect(source).toContain('Step 1 has read the inputs.')
    expect(names).toEqual([
      '1 Inputs',
      ...all(source, /^ *\/\/ (\d+ [A-Z][a-z]+)\b/gm),
    ])
    expect(names).toHaveLength(12)
  })

  test('are those of the README', () => {
    const list = section('What a run does', read('README.md'))
    const items = [...list.matchAll(/^(\d+)\. \*\*(\w+)\*\*/gm)]
    expect(items.map(([, number, name]) => `${number} ${name}`)).toEqual(names)
    expect(all(list, /^(\d+\.)/gm)).toHaveLength(names.length)
  })

  test('are in the files whose comments say so', () => {
    for (const file of find('src/rotation/steps/*.ts')) {
      for (const number of all(read(file), /\bStep (\d+)\b/g)) {
        const step = steps.find((each) => each.number === Number(number))
        expect(step?.files).toContain(file)
      }
    }
  })

  test('and what they share are all the files of steps/', () => {
    const shared = tableWith('Part').flatMap(([, file = '']) =>
      all(file, /\(\.\.\/([^)]+)\)/g),
    )
    const named = [...steps.flatMap(({ files }) => files), ...shared].filter(
      (file) => file.startsWith('src/rotation/steps/'),
    )
    expect(named.sort()).toEqual(find('src/rotation/steps/*.ts').sort())
  })
})

describe('rows', () => {
  const rowsOf = (heading: string): string[] =>
    tableWith('Row', section(heading)).map(([row]) => String(row))

  /** `row 9a`; several have the word each. */
  const rowsIn = (file: string): string[] =>
    all(read(file), /\b[Rr]ows? (\d+[a-z]?)\b/g)

  test('before the claim are those of decide.ts', () => {
    const rows = rowsOf('Before the claim')
    expect(rows).not.toEqual([])
    const commented = rowsIn('src/rotation/record/decide.ts')
    expect([...new Set(commented)].sort()).toEqual(rows.sort())
  })

  test('after the take-over are those of examine.ts, in its order', () => {
    const rows = rowsOf('After the take-over')
    expect(rows).not.toEqual([])
    expect(rowsIn('src/rotation/record/examine.ts')).toEqual(rows)
  })

  test('are named one by one, here and everywhere in the core', () => {
    const known = [
      ...rowsOf('Before the claim'),
      ...rowsOf('After the take-over'),
    ]
    const core = find('src/rotation/**/*.ts')
    const named = core.flatMap(rowsIn)
    expect(named.filter((row) => !known.includes(row))).toEqual([])
    const lists = core.filter((file) => /\brows \d/.test(read(file)))
    expect(lists).toEqual([])
    const onPage = all(
      page,
      /\brows? ((?:\d+[a-z]?(?:, | and | or | to |\b))+)/g,
    ).flatMap((list) => all(list, /(\d+[a-z]?)/g))
    expect(onPage.length).toBeGreaterThan(20)
    expect(onPage.filter((row) => !known.includes(row))).toEqual([])
  })

  test('have a test each', () => {
    const tables = ['Before the claim', 'After the take-over'].map((heading) =>
      tableWith('Row', section(heading)),
    )
    for (const cells of tables.flat()) {
      expect(cells.at(-1)).toMatch(
        new RegExp(`\\[decide\\.test\\] "row ${cells[0]}(?![\\da-z])`),
      )
    }
  })
})

describe('fields', () => {
  const fieldsOf = (heading: string): string[] =>
    tableWith('Field', section(heading)).map(([field = '']) =>
      without(field, '`'),
    )

  /** How the fields of an object are read, which may stand in another one. */
  function described(file: string, type: string): string[] {
    const [, indent = '', body = ''] =
      new RegExp(
        `^( *).*\\bobject<${type}>\\(\\{\\n([^]*?)\\n\\1\\}\\)`,
        'm',
      ).exec(read(file)) ?? []
    const fields = all(body, new RegExp(`^${indent} {2}(\\w+)[:,]`, 'gm'))
    expect(fields).not.toEqual([])
    return fields
  }

  /** What a stored state has besides the record. */
  const stored = all(
    read('src/rotation/record/stored-version.ts'),
    /\breadonly (version|mac):/g,
  )

  const description = 'src/rotation/record/record-description.ts'

  test('of the record', () => {
    const parts = [
      ['', stored],
      [
        '',
        [...described(description, "Omit<RotationRecord, 'memory'>"), 'memory'],
      ],
      ['accessToken.', described(description, 'KnownAccessToken')],
      ['refreshTokenLifetime.', described(description, 'Lifetime')],
      ['claim.', described(description, 'Claim')],
      ['claim.owner.', described(description, 'Owner')],
      ['escrow.', described(description, 'Escrow')],
      [
        'escrow.sealed.',
        described('src/rotation/tokens/sealed-secret.ts', 'SealedSecret'),
      ],
      ['block.', described(description, 'Block')],
      ['memory.', described(description, 'Memory')],
      ['memory.last.', described(description, 'LastRun')],
      ['memory.last.durations.', described(description, 'Durations')],
    ] as const
    const fields = parts.flatMap(([prefix, names]) =>
      names.map((name) => prefix + name),
    )
    expect(stored).toEqual(['version', 'mac'])
    expect(fieldsOf('The fields of the record').sort()).toEqual(fields.sort())
  })

  test('of the journal', () => {
    const file = 'src/runner/journal.ts'
    expect(read(file)).toContain('JSON.stringify({ ...entry, mac })')
    expect(fieldsOf('The fields of the journal').sort()).toEqual(
      [...described(file, 'JournalEntry'), 'mac'].sort(),
    )
  })

  test('and the version of the format', () => {
    const [version] = all(
      read('src/rotation/record/stored-version.ts'),
      /^export const VERSION = (\d+)$/gm,
    )
    expect(page).toContain(`\`version\` is ${version}.`)
    expect(page).toContain(`of the format, ${version}`)
  })

  test('and the construction of the keys', () => {
    const keys = read('src/runtime/token-keys.ts')
    const [construction] = all(keys, /^const CONSTRUCTION = '(.*)'$/gm)
    const purposes = all(keys, /\bexpand\('(\w+)'/g)
    expect(purposes).toHaveLength(5)
    for (const purpose of purposes) {
      expect(page).toContain(`\`${construction} ${purpose}\``)
    }
    const [base, exponent, r, p] =
      /const SCRYPT = \{ N: (\d+) \*\* (\d+), r: (\d+), p: (\d+),/
        .exec(keys)
        ?.slice(1) ?? []
    expect(page).toContain(
      `\`SCRYPT\`: N = ${base}^${exponent}, r = ${r}, p = ${p}`,
    )
  })
})

describe('constants', () => {
  const constants = tableWith('Constant').map(([name = '', value, file]) => ({
    name: without(name, '`'),
    value: String(value),
    file: pathOf(all(String(file), /\(([^)]+)\)/g).join()),
  }))

  /** A sum of products, also of other constants; in seconds where it is a time. */
  function valueOf(name: string, file: string): number {
    const [sum = ''] = all(
      read(file),
      new RegExp(`^(?:export )?const ${name} = ([\\w *+]+)$`, 'gm'),
    )
    const numberOf = (text: string): number =>
      /^[A-Z]/.test(text) ? valueOf(text, file) : Number(without(text, '_'))
    const value = sum
      .split(' + ')
      .map((product) =>
        product
          .split(' * ')
          .map(numberOf)
          .reduce((one, other) => one * other),
      )
      .reduce((one, other) => one + other)
    return name.endsWith('MILLISECONDS') ? value / 1000 : value
  }

  test.each(constants)('$name is $value', ({ name, value, file }) => {
    const [, number, unit = ''] = /^(\d+)(?: (s|min))?$/.exec(value) ?? []
    const seconds = Number(number) * (unit === 'min' ? 60 : 1)
    expect(valueOf(name, file)).toBe(seconds)
    expect(unit !== '').toBe(name.endsWith('SECONDS'))
  })

  test('are all that a time on the page can be', () => {
    expect(constants.length).toBeGreaterThan(10)
    const times = all(page, /\b(\d+ (?:s|min))\b/g)
    const values = constants.map(({ value }) => value)
    expect(times.filter((time) => !values.includes(time))).toEqual([])
    expect(page).toContain(
      `${valueOf('KEPT_MARKS', 'src/rotation/record/transitions.ts')} are kept`,
    )
  })
})

describe('words of the code', () => {
  const codes = all(page, /`([^`\n]+)`/g)

  test('outcomes', () => {
    const named = codes.filter((code) => /^(skipped|recovered)\b/.test(code))
    expect(named.length).toBeGreaterThan(10)
    const known: readonly string[] = outcomes
    expect(named.filter((code) => !known.includes(code))).toEqual([])
  })

  test('error codes', () => {
    const known = [
      ...rotationErrorCodes,
      ...tableWith('Constant').map(([name = '']) => without(name, '`')),
      'ROTATE_TOKEN_PROBE_',
      'RUNNER_TEMP',
      'GITHUB_STATE',
      // A warning, which has no code.
      'RECORD_TAMPERED',
    ]
    const named = codes.filter((code) => /^[A-Z]+_[A-Z_]+$/.test(code))
    expect(named.filter((code) => !known.includes(code))).toEqual([])
  })

  test('invariants and safeguards of the model', () => {
    const world = read('__tests__/model/world.ts')
    const [violation = ''] = all(world, /Violation =\s+`\$\{([^}]+)\}/g)
    const invariants = tableWith('Name').map(([name]) => name)
    const checked = all(violation, /'(\w+)'/g)
    expect(checked).toContain('LIVE')
    expect(checked.filter((name) => !invariants.includes(name))).toEqual([])

    const [ablation = ''] = all(world, /type Ablation =\n((?: +\| '.*'\n)+)/g)
    const safeguards = tableWith('Safeguard').map(([name = '']) =>
      without(name, '`'),
    )
    expect(safeguards).toEqual(all(ablation, /'([\w-]+)'/g))
  })
})

test('the gaps are those of the README', () => {
  const [here, there] = [page, read('README.md')].map((text) =>
    all(section('The gaps that cannot be closed', text), /^- \*\*(.*?)\*\*/gm),
  )
  expect(here).toHaveLength(5)
  expect(here).toEqual(there)
})
