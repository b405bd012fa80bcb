import type { RotationRecord } from '../rotation/record/record.ts'
import type { VersionContent } from '../rotation/record/stored-version.ts'

/** Twice the largest sealed copy; more is not looked at. */
const MAX_CHARACTERS = 131_072

/** One line for people, an empty line, and the version as JSON. */
export function writeContent(content: VersionContent): string {
  return `${headline(content)}\n\n${JSON.stringify(content, undefined, 2)}\n`
}

function headline(content: VersionContent): string {
  return 'phase' in content
    ? describe(content)
    : 'A sealed copy of a refresh token that could not be stored'
}

function describe({ phase, sequence, claim, block }: RotationRecord): string {
  const number = `refresh token ${sequence}`
  const run = claim
    ? `run ${claim.owner.runId}, attempt ${claim.owner.attempt}`
    : ''
  switch (phase) {
    case 'idle':
      return `Idle: ${number} is current`
    case 'claimed':
      return claim?.isForDistribution
        ? `Claimed by ${run}, to distribute an access token`
        : `Claimed by ${run}, to refresh with ${number}`
    case 'examining':
      return `Being examined by ${run}: what became of ${number}`
    case 'blocked':
      return `Blocked at ${number}: ${block?.credentialState} (${block?.code})`
  }
}

/** @returns undefined for what is not JSON behind an empty line, or is too much */
export function readContent(message: unknown): unknown {
  if (typeof message !== 'string' || message.length > MAX_CHARACTERS) {
    return undefined
  }
  const start = message.indexOf('\n\n')
  if (start < 0) return undefined
  try {
    return JSON.parse(message.slice(start))
  } catch {
    return undefined
  }
}
