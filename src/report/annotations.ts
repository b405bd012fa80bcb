import * as core from '@actions/core'

import { describeState } from '../rotation/errors.ts'
import type { Outcome, RotationReport } from '../rotation/outcome.ts'
import { formatTime } from '../rotation/time.ts'
import { renderSummary } from './summary.ts'

const failing: ReadonlySet<Outcome> = new Set(['partial', 'failed'])

/**
 * Tells the job how the run ended: outputs, one annotation or log line, the job
 * summary and the exit code. Every output is set, whatever happened.
 */
export async function publish(report: RotationReport): Promise<void> {
  const { outcome, credentialState, accessToken, expiresAt } = report
  core.setOutput('outcome', outcome)
  core.setOutput('rotated', String(outcome === 'rotated'))
  core.setOutput('access-token', accessToken?.reveal() ?? '')
  core.setOutput('expires-at', expiresAt?.toISOString() ?? '')
  core.setOutput('credential-state', credentialState)
  core.setOutput('error-code', report.errorCode ?? '')

  if (failing.has(outcome)) {
    core.error(
      joined(report.verdict, describeState(credentialState), report.remedy),
      { title: `Rotate Token: ${report.errorCode ?? outcome}` },
    )
    process.exitCode = core.ExitCode.Failure
  } else {
    core.info(
      joined(
        report.verdict,
        expiresAt ? `The access token expires ${formatTime(expiresAt)}.` : '',
      ),
    )
  }
  await writeSummary(report)
}

function joined(...sentences: string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ')
}

/** A run that has stored its token does not fail for want of a summary. */
async function writeSummary(report: RotationReport): Promise<void> {
  try {
    await core.summary.addRaw(renderSummary(report), true).write()
  } catch {
    core.warning('The job summary could not be written.')
  }
}
