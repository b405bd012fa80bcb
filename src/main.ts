import { setFlagsFromString } from 'node:v8'

import * as core from '@actions/core'

import { runMain, runPost } from './run.ts'
import { TOKENS_STATE } from './runner/installation-tokens.ts'
import { JOURNAL_STATE } from './runner/journal.ts'

// The job's log may be gone; failing to print must not end the run.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', () => undefined)
}
// Inputs are in the environment, and tokens in memory: node's crash report leaves out
// the former, and no core dump is left with the latter.
process.report.excludeEnv = true
setFlagsFromString('--no-abort-on-uncaught-exception')
// V8 would optimize the WebAssembly of undici's HTTP parser in the background, for a
// process that is about to end. This raises the threshold for that.
setFlagsFromString('--wasm-tiering-budget=2000000000')

// One bundle for both steps: only main can leave state, and only for post.
const journalPath = core.getState(JOURNAL_STATE)
const isPost = journalPath !== '' || core.getState(TOKENS_STATE) !== ''
await (isPost ? runPost(journalPath) : runMain())

// A failed or cancelled run may have left requests and pauses behind, which must not
// delay the exit. Output is flushed first.
process.stdout.write('', () => {
  process.exit()
})
