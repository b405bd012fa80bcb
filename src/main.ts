import { setFlagsFromString } from 'node:v8'

import * as core from '@actions/core'

import { runMain, runPost } from './run.ts'
import { TOKENS_STATE } from './runner/installation-tokens.ts'
import { JOURNAL_STATE } from './runner/journal.ts'

// The log of the job may be gone; what cannot be printed ends nothing.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => undefined)
}
// Inputs stand in the environment, and tokens in the memory. Where node writes down
// how it died it leaves out the one, and it does not leave the other behind.
process.report.excludeEnv = true
setFlagsFromString('--no-abort-on-uncaught-exception')
// V8 optimizes the WebAssembly of undici's HTTP parser in the background, for a
// process that is about to end. This only says from when on that is worth it.
setFlagsFromString('--wasm-tiering-budget=2000000000')

// One bundle for both steps: only main can leave state, and only for post.
const journalPath = core.getState(JOURNAL_STATE)
const isPost = journalPath !== '' || core.getState(TOKENS_STATE) !== ''
await (isPost ? runPost(journalPath) : runMain())

// A run that failed or was cancelled may have left requests and pauses behind;
// nobody waits for them. What was printed goes out first.
process.stdout.write('', () => {
  process.exit()
})
