import * as core from '@actions/core'

import { describeState } from '../rotation/outcome/errors.ts'
import type { Outcome, RotationReport } from '../rotation/outcome/outcome.ts'
import { formatTime } from '../rotation/outcome/time.ts'
import { renderSummary } from './summary.ts'

/** What a skip means for the job; the post step describes no output. */
export type OnSkip = 'succeed' | 'fail' | 'in post'

/**
 * What an outcome means for the job. `skipped` and `recovered` bring no new access
 * token; the latter is enough when the stored one is still valid.
 */
const meanings: Record<
  Outcome,
  'done' | 'skipped' | 'recovered' | 'fallback' | 'failing'
> = {
  rotated: 'done',
  'not-rotated': 'done',
  adopted: 'done',
  'recovered-escrow': 'recovered',
  'recovered-journal': 'recovered',
  distributed: 'recovered',
  'skipped-not-due': 'done',
  'skipped-busy': 'skipped',
  'skipped-stale': 'skipped',
  'skipped-cooling': 'skipped',
  'dry-run': 'done',
  fallback: 'fallback',
  partial: 'failing',
  cancelled: 'failing',
  failed: 'failing',
}

/**
 * Tells the job how the run ended: outputs, one annotation or log line, the job summary
 * and the exit code. Every output is set in any case.
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

  const meaning = meanings[outcome]
  const isWithoutNew = meaning === 'skipped' || meaning === 'recovered'
  const isEnough = meaning === 'recovered' && accessToken !== undefined
  const isFailing =
    meaning === 'failing' || (onSkip === 'fail' && isWithoutNew && !isEnough)
  const whole = joined(
    report.verdict,
    describeState(credentialState),
    report.remedy,
  )
  const title = { title: `Rotate Token: ${report.errorCode ?? outcome}` }
  const output =
    onSkip === 'in post' ? '' : describeOutput(report, isWithoutNew)
  if (isFailing) {
    core.error(joined(whole, isWithoutNew ? output : ''), title)
    process.exitCode = core.ExitCode.Failure
  } else if (meaning === 'fallback') {
    core.warning(joined(whole, output), title)
  } else if (isWithoutNew) {
    core.notice(joined(report.verdict, output), title)
  } else {
    core.info(joined(report.verdict, output))
  }
  await writeSummary(report)
}

/** What the job got, in one sentence. */
function describeOutput(
  { outcome, accessToken, expiresAt }: RotationReport,
  isExpected: boolean,
): string {
  if (accessToken === undefined) {
    return isExpected
      ? "The output 'access-token' is empty: no stored access token is known to be valid for long enough."
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

/** A run that has stored its token does not fail for lack of a summary. */
async function writeSummary(report: RotationReport): Promise<void> {
  try {
    await core.summary.addRaw(renderSummary(report), true).write()
  } catch {
    core.warning('The job summary could not be written.')
  }
}
