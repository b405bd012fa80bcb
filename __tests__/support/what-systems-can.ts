import { describe, test } from '@jest/globals'

/*
 * What not every system can do. A test that needs it is declared with one of
 * these, and the others list it as skipped. On Linux nothing is: .ci/run counts
 * a skipped test as a failed one.
 */

/** Signals that a process can catch. On Windows each of them kills it. */
export const testWithSignals = process.platform === 'win32' ? test.skip : test

/** Modes that keep others from reading a file. Windows has none. */
export const testWithFileModes = process.platform === 'win32' ? test.skip : test

/** The steps of a workflow that runs on Ubuntu, with the commands of GNU. */
export const describeOnLinux =
  process.platform === 'linux' ? describe : describe.skip
