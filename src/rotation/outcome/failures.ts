import type { CredentialState, Failure } from './errors.ts'
import type { Block } from '../record/record.ts'
import { formatTime } from './time.ts'

/** How a person stores a refresh token, and where. */
export interface ByHand {
  readonly label: string
  readonly replaceCommand: string
}

/** The end of a sentence, in every error after which the token is lost. */
export function newGrant({ replaceCommand }: ByHand): string {
  return `obtain a fresh authorization grant and put its refresh token in place by hand: \`${replaceCommand}\`. Nothing else has to be done.`
}

export function secretNotFound({ label, replaceCommand }: ByHand): Failure {
  // The token did not come from the place that would be written: every later run would
  // present the old one again.
  return {
    code: 'SECRET_NOT_FOUND',
    what: `The ${label} does not exist, or the GitHub token cannot see it.`,
    remedy: `Check 'refresh-token-secret': it must name the secret that 'refresh-token' is read from. To create it: \`${replaceCommand}\`.`,
  }
}

export function secretMismatch(byHand: ByHand): Failure {
  return {
    code: 'SECRET_MISMATCH',
    what: `This run was given a refresh token that had been replaced before the run was created, so either 'refresh-token' is not read from the ${byHand.label}, or somebody put an old token back.`,
    remedy: `Check that 'refresh-token' and 'refresh-token-secret' name the same secret and that no environment secret of the same name takes precedence over it. If an old token was put back, ${newGrant(byHand)}`,
  }
}

export function invalidGrant(byHand: ByHand, answer: string): Failure {
  return {
    code: 'REAUTHORIZATION_REQUIRED',
    what: `The authorization server does not accept the refresh token: ${answer}.`,
    remedy: `If the ${byHand.label} was written after this run was queued, start a new run: this one was given the old value. Otherwise ${newGrant(byHand)}`,
  }
}

export function indeterminate(byHand: ByHand, answer: string): Failure {
  return {
    code: 'TOKEN_REQUEST_INDETERMINATE',
    what: `The token request was sent, but no usable answer came back: ${answer}. It is not sent again: the authorization server could take that for a replay.`,
    remedy: `The next run finds out what became of the refresh token. If it reports that the token is not accepted, ${newGrant(byHand)}`,
  }
}

/** Main was killed in the only moment that nothing can cover. */
export function cutOff(byHand: ByHand): Failure {
  return {
    code: 'TOKEN_REQUEST_INDETERMINATE',
    what: 'The step was ended after the token request was sent and before a sealed copy of the new token was on the disk.',
    remedy: `The next run finds out what became of the refresh token. If it reports that the token is not accepted, ${newGrant(byHand)}`,
  }
}

export function changedMeanwhile(
  byHand: ByHand,
  restoreCommand: string,
): Failure {
  return {
    code: 'SECRET_CHANGED_MEANWHILE',
    what: `Somebody else wrote the ${byHand.label} while this run was refreshing the token, so this run did not overwrite it.`,
    remedy: `If a fresh refresh token was put there, nothing has to be done. Otherwise store the token that was issued to this run with: \`${restoreCommand}\`. Only GitHub can open the value in that command.`,
  }
}

function unstored({ code, what }: Failure): Pick<Failure, 'code' | 'what'> {
  return {
    code,
    what: `The authorization server issued a new refresh token, but it could not be stored. ${what}`,
  }
}

/** The secret could not be written, but a sealed copy is in the record. */
export function escrowed(failure: Failure, restoreCommand: string): Failure {
  return {
    ...unstored(failure),
    remedy: `${failure.remedy} The next run then stores the token by itself. To store it by hand: \`${restoreCommand}\`. Only GitHub can open the value in that command.`,
  }
}

/** The sealed copy did not reach the record either. */
export function notDeposited(
  failure: Failure,
  restoreCommand: string,
  credentialState: CredentialState,
): Failure {
  const next =
    credentialState === 'journaled'
      ? 'If the post step of this job does not report that the token is stored, put it'
      : 'Put the token'
  return {
    code: failure.code,
    what: `The authorization server issued a new refresh token, but it could not be stored, and no sealed copy of it is in the record. ${failure.what}`,
    remedy: `${failure.remedy} ${next} into the secret with this command, unless a later run has stored another one: \`${restoreCommand}\`. Only GitHub can open the value in it.`,
  }
}

/** Neither the secret nor the record could be written; the post step tries again. */
export function journaled(failure: Failure, byHand: ByHand): Failure {
  return {
    ...unstored(failure),
    remedy: `${failure.remedy} If the post step of this job does not report that the token is stored, ${newGrant(byHand)}`,
  }
}

export function notStored(failure: Failure, byHand: ByHand): Failure {
  return {
    ...unstored(failure),
    remedy: `${failure.remedy} Then ${newGrant(byHand)}`,
  }
}

export function stillBlocked(block: Block, byHand: ByHand): Failure {
  const since = formatTime(block.at)
  switch (block.credentialState) {
    case 'escrowed':
      return {
        code: block.code,
        what: `Since ${since} the newest refresh token has been missing from the ${byHand.label}: a sealed copy of it is in the record.`,
        remedy:
          'Start a new run: it stores the copy if the GitHub token is allowed to write the secret.',
      }
    case 'unknown':
      return {
        code: block.code,
        what: `Since ${since} it has been unknown whether the refresh token still works: a token request was sent, and its answer is missing.`,
        remedy: `Start the workflow by hand with \`force: true\` to try the token once more; the authorization server may take that for a replay. Or ${newGrant(byHand)}`,
      }
    default:
      return {
        code: block.code,
        what: `Since ${since} the refresh token has been known to no longer work.`,
        remedy: sentence(newGrant(byHand)),
      }
  }
}

/** Nobody who holds the token has written it, so nothing in it is believed. */
export const recordUnverified: Failure = {
  code: 'RECORD_UNVERIFIED',
  what: 'The record was written by somebody who does not hold this refresh token: another run, with a token that this run does not know, or whoever may write the contents of the repository. This run waits for whatever may be under way. No token request was sent.',
  remedy:
    "If a fresh refresh token was stored while another run was under way, or right after one, nothing has to be done: a later run rotates it, after half an hour and 'grace-seconds' at the latest. If this comes again, look at who writes the commits of the record.",
}

export const recordTampered =
  'RECORD_TAMPERED: the record has newer versions that no run with this refresh token has written. They are ignored. If nobody has stored another refresh token meanwhile, look at who writes the commits of the record.'

export const recordLost: Failure = {
  code: 'RECORD_LOST',
  what: 'Somebody else wrote to the record while this run was under way, so this one stopped.',
  remedy: 'The next run continues from there.',
}

export const cancelledBeforeSending: Failure = {
  code: 'CANCELLED',
  what: 'The job was cancelled; no token request was sent.',
  remedy: '',
}

export const cancelledAfterStoring: Failure = {
  code: 'CANCELLED',
  what: 'The refresh token is stored, but the job was cancelled before the access token was distributed.',
  remedy: 'The next run distributes it.',
}

export const cancelledBetweenPlaces: Failure = {
  code: 'CANCELLED',
  what: 'The job was cancelled before the access token was distributed to all places.',
  remedy: 'The next run continues with the rest.',
}

export function healthCheckFailed(failure: Failure): Failure {
  return {
    code: 'HEALTH_CHECK_FAILED',
    what: `The new access token does not work, so it was not distributed. ${failure.what}`,
    remedy: failure.remedy,
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
