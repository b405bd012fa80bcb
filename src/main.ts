import * as core from '@actions/core'

import { runMain, runPost } from './run.ts'
import { TOKENS_STATE } from './runner/installation-tokens.ts'
import { JOURNAL_STATE } from './runner/journal.ts'

// One bundle for both steps: only main can leave state, and only for post.
const journalPath = core.getState(JOURNAL_STATE)
const isPost = journalPath !== '' || core.getState(TOKENS_STATE) !== ''
await (isPost ? runPost(journalPath) : runMain())

// A run that failed or was cancelled may have left requests and pauses behind;
// nobody waits for them. What was printed goes out first.
process.stdout.write('', () => {
  process.exit()
})
