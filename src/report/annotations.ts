import * as core from '@actions/core'

import { describeState } from '../rotation/outcome/errors.ts'
import type { Outcome, RotationReport } from '../rotation/outcome/outcome.ts'
import { formatTime } from '../rotation/outcome/time.ts'
import { renderSummary } from './summary.ts'

const failing: ReadonlySet<Outcome> = new Set([
  'partial',
  'cancelled',
  'failed',
])

/** What a skip means for the job; the post step gives nothing to anybody. */
export type OnSkip = 'succeed' | 'fail' | 'in post'

/** No access token comes out of these, unless the stored one is still good. */
const skipping: ReadonlySet<Outcome> = new Set([
  'skipped-busy',
  'skipped-stale',
  'skipped-cooling',
  'redone',
])

/**
 * Tells the job how the run ended: outputs, one annotation or log line, the job
 * summary and the exit code. Every output is set, whatever happened.
 */
export async function publish(
  report: RotationReport,
  onSkip: OnSkip,
): Promise<void> {
  const { outcome, credentialState, accessToken, expiresAt } = report
  core.setOutput('outcome', outcome)
  const isRotated = outcome === 'rotated' || outcome === 'adopted'
  core.setOutput('rotated', String(isRotated))
  core.setOutput('access-token', accessToken?.reveal() ?? '')
  core.setOutput('expires-at', expiresAt?.toISOString() ?? '')
  const refreshTokenEnd = report.refreshTokenExpiresAt?.toISOString() ?? ''
  core.setOutput('refresh-token-expires-at', refreshTokenEnd)
  core.setOutput('next-due-at', report.nextDueAt?.toISOString() ?? '')
  core.setOutput('sequence', String(report.sequence ?? ''))
  core.setOutput('credential-state', credentialState)
  core.setOutput('error-code', report.errorCode ?? '')

  // Whoever needs a token has got one: there is nothing to fail for.
  const isEnough = outcome === 'redone' && accessToken !== undefined
  const isFailing =
    failing.has(outcome) ||
    (onSkip === 'fail' && skipping.has(outcome) && !isEnough)
  const whole = joined(
    report.verdict,
    describeState(credentialState),
    report.remedy,
  )
  const title = { title: `Rotate Token: ${report.errorCode ?? outcome}` }
  const distribution = onSkip === 'in post' ? '' : describeHandedOut(report)
  if (isFailing) {
    core.error(joined(whole, skipping.has(outcome) ? distribution : ''), title)
    process.exitCode = core.ExitCode.Failure
  } else if (outcome === 'fallback') {
    core.warning(joined(whole, distribution), title)
  } else if (skipping.has(outcome)) {
    core.notice(joined(report.verdict, distribution), title)
  } else {
    core.info(joined(report.verdict, distribution))
  }
  await writeSummary(report)
}

/** What the job got, in one sentence. */
function describeHandedOut({
  outcome,
  accessToken,
  expiresAt,
}: RotationReport): string {
  if (accessToken === undefined) {
    return skipping.has(outcome)
      ? "The output 'access-token' is empty: no stored access token is known to be good for long enough."
      : ''
  }
  const which =
    outcome === 'rotated' || outcome === 'not-rotated'
      ? 'The access token'
      : "The output 'access-token' is the stored one; it"
  return expiresAt ? `${which} expires ${formatTime(expiresAt)}.` : ''
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
