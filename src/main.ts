import * as core from '@actions/core'

import { AT_RISK, runMain, runPost } from './run.ts'

// One bundle for both steps: only main can leave state, and only for post.
await (core.getState(AT_RISK) === '' ? runMain() : runPost())
