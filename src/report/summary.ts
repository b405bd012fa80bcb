import {
  describeState,
  type CredentialState,
} from '../rotation/outcome/errors.ts'
import type {
  Outcome,
  PlaceReport,
  RotationReport,
} from '../rotation/outcome/outcome.ts'
import { formatTime } from '../rotation/outcome/time.ts'

const headings: Record<Exclude<Outcome, 'failed'>, string> = {
  rotated: '✅ Rotated',
  'not-rotated': '✅ Refreshed, not rotated',
  adopted: '✅ An interrupted rotation is completed',
  'recovered-escrow': '✅ The sealed copy of an interrupted rotation is stored',
  'recovered-journal': '✅ The post step completed an interrupted rotation',
  distributed: '✅ The access token of an earlier rotation is distributed',
  'skipped-not-due': '✅ Nothing is due',
  'skipped-busy': '⏭️ Skipped, another run is rotating',
  'skipped-stale': '⏭️ Skipped, this run has an outdated refresh token',
  'skipped-cooling': '⏭️ Skipped, an interrupted request may still take effect',
  'dry-run': '✅ Dry run',
  fallback: '⚠️ Failed, another access token is used',
  partial: '⚠️ Not distributed to all places',
  cancelled: '❌ Cancelled, nothing was spent',
}

/** The first question of anyone woken up by it. */
const failureHeadings: Record<CredentialState, string> = {
  unchanged: '❌ Failed, nothing was spent',
  stored: '❌ Failed, the refresh token is safe',
  journaled: '❌ Failed, the refresh token is kept on this machine for now',
  escrowed: '❌ Failed, the refresh token is safe in a sealed copy',
  unknown: '❌ Failed, the refresh token may be spent',
  lost: '❌ Failed, the refresh token is lost',
}

const statuses: Record<PlaceReport['status'], string> = {
  untouched: 'not touched',
  writable: 'not touched, write access is proven',
  written: 'written',
  'not written': '**not written**',
  'put back': '**the previous one was put back**',
}

/** GitHub Markdown: what happened, whether the credential is safe, what to do now. */
export function renderSummary(report: RotationReport): string {
  const { outcome, credentialState, errorCode, expiresAt, nextDueAt } = report
  return [
    `### ${outcome === 'failed' ? failureHeadings[credentialState] : headings[outcome]}`,
    escapeMarkdown(report.verdict),
    ...(report.remedy === ''
      ? []
      : [`**What to do now:** ${escapeMarkdown(report.remedy)}`]),
    table([
      ['Outcome', code(outcome)],
      ...(errorCode ? [['Error', code(errorCode)]] : []),
      ['Credential', describeCredential(credentialState)],
      ...(expiresAt ? [['Access token expires', formatTime(expiresAt)]] : []),
      ...(nextDueAt ? [['Next rotation due', formatTime(nextDueAt)]] : []),
    ]),
    ...(report.places.length === 0
      ? []
      : [
          table([
            ['Place', 'Holds', 'Result'],
            ...report.places.map(({ label, content, status }) => [
              escapeMarkdown(label),
              `the ${content}`,
              statuses[status],
            ]),
          ]),
        ]),
  ].join('\n\n')
}

function describeCredential(state: CredentialState): string {
  return `${code(state)}: ${describeState(state)}`
}

function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows.map((cells) => `| ${cells.join(' | ')} |`)
  const columns = rows[0]?.length ?? 0
  return [head, `|${' --- |'.repeat(columns)}`, ...body].join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

/**
 * Keeps text from being read as Markdown or HTML, except between backticks: our own
 * texts put commands there, and quoted texts contain none. Some of it may come from a
 * server, so addresses, names and numbers must not become links, mentions and
 * references, as GitHub makes them of bare text.
 *
 * @see https://github.github.com/gfm/#autolinks-extension-
 */
function escapeMarkdown(text: string): string {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? code(part) : escape(part)))
    .join('')
}

/** Mentions, references, addresses, math, emoji, ids of commits and of advisories. */
const linking =
  /[@#$]|:(?=\/\/|[\w+-]+:)|www(?=\.)|(?:GH|GHSA|CVE)(?=-\w)|[0-9a-f](?=[0-9a-f]{6,}\b)/gi

function escape(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll(/[\\*_[\]|~!]/g, String.raw`\$&`)
      // An empty comment is invisible, and breaks up what would become a link.
      .replaceAll(linking, '$&<!-- -->')
  )
}
