import type { CredentialState, Failure } from './errors.ts'
import type { Block } from '../record/record.ts'
import { formatTime } from './time.ts'

/** How a person puts a refresh token in place, and where. */
export interface ByHand {
  readonly label: string
  readonly replaceCommand: string
}

/** The end of a sentence; stands in every error after which the token is gone. */
export function newGrant({ replaceCommand }: ByHand): string {
  return `obtain a fresh authorization grant and put its refresh token in place by hand: \`${replaceCommand}\`. Nothing else has to be done.`
}

export function secretNotFound({ label, replaceCommand }: ByHand): Failure {
  // The token came from somewhere, but not from the place that would be
  // written: every later run would present the old one again.
  return {
    code: 'SECRET_NOT_FOUND',
    what: `The ${label} does not exist, or the GitHub token may not see it.`,
    remedy: `Check 'refresh-token-secret': it must name the secret that 'refresh-token' is read from. To create it: \`${replaceCommand}\`.`,
  }
}

export function secretMismatch(byHand: ByHand): Failure {
  return {
    code: 'SECRET_MISMATCH',
    what: `This run was given a refresh token that had been replaced before it was created, so 'refresh-token' is not read from the ${byHand.label}, or somebody put an old token back.`,
    remedy: `Check that 'refresh-token' and 'refresh-token-secret' name the same secret and that no environment secret of the same name stands before it. If an old token was put back, ${newGrant(byHand)}`,
  }
}

export function invalidGrant(byHand: ByHand, answer: string): Failure {
  return {
    code: 'REAUTHORIZATION_REQUIRED',
    what: `The authorization server does not accept the refresh token: ${answer}.`,
    remedy: `Unless the ${byHand.label} was written after this run was queued (then start a new run, this one was given the old value): ${newGrant(byHand)}`,
  }
}

export function indeterminate(byHand: ByHand, answer: string): Failure {
  return {
    code: 'TOKEN_REQUEST_INDETERMINATE',
    what: `The token request was sent, but no usable answer came back: ${answer}. It was not repeated: the authorization server could take that for a replay.`,
    remedy: `The next run judges what became of it. If it then reports that the refresh token is not accepted, ${newGrant(byHand)}`,
  }
}

/** Main was ended by force in the only moment that nobody can cover. */
export function cutOff(byHand: ByHand): Failure {
  return {
    code: 'TOKEN_REQUEST_INDETERMINATE',
    what: 'The step was ended after the token request was sent and before a sealed copy of its answer was on the disk.',
    remedy: `The next run judges what became of the refresh token. If it reports that the token is not accepted, ${newGrant(byHand)}`,
  }
}

export function changedMeanwhile(
  byHand: ByHand,
  restoreCommand: string,
): Failure {
  return {
    code: 'SECRET_CHANGED_MEANWHILE',
    what: `Somebody else wrote the ${byHand.label} while this run was refreshing, so this run did not overwrite it.`,
    remedy: `If a fresh refresh token was put there, nothing has to be done. Otherwise the token that this run was given goes there with: \`${restoreCommand}\`. Only GitHub can open what is in that command.`,
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
    remedy: `${failure.remedy} The next run then stores it by itself. By hand it goes there with: \`${restoreCommand}\`. Only GitHub can open what is in that command.`,
  }
}

/** The sealed copy was not seen in the record either. */
export function notDeposited(
  failure: Failure,
  restoreCommand: string,
  credentialState: CredentialState,
): Failure {
  const next =
    credentialState === 'journaled'
      ? 'If the post step of this job does not report that it is stored, the'
      : 'The'
  return {
    code: failure.code,
    what: `The authorization server issued a new refresh token, but it could not be stored, and no sealed copy of it is in the record. ${failure.what}`,
    remedy: `${failure.remedy} ${next} token goes into the secret with this command, unless a later run has stored another one: \`${restoreCommand}\`. Only GitHub can open what is in it.`,
  }
}

/** The secret could not be written, nor the record; the post step tries again. */
export function journaled(failure: Failure, byHand: ByHand): Failure {
  return {
    ...unstored(failure),
    remedy: `${failure.remedy} If the post step of this job does not report that it is stored, ${newGrant(byHand)}`,
  }
}

export function notStored(failure: Failure, byHand: ByHand): Failure {
  return {
    ...unstored(failure),
    remedy: `${failure.remedy} Then ${newGrant(byHand)}`,
  }
}

/** The block of an earlier run stands. */
export function stillBlocked(block: Block, byHand: ByHand): Failure {
  const since = formatTime(block.at)
  switch (block.credentialState) {
    case 'escrowed':
      return {
        code: block.code,
        what: `Since ${since} the newest refresh token has not been in the ${byHand.label}: a sealed copy of it is in the record.`,
        remedy:
          'Start a new run: it stores the copy if the GitHub token may write the secret.',
      }
    case 'unknown':
      return {
        code: block.code,
        what: `Since ${since} nobody knows whether the refresh token still works: a token request was sent, and its answer is missing.`,
        remedy: `Start the workflow by hand with \`force: true\` to try the token once more, which the authorization server may take for a replay. Or ${newGrant(byHand)}`,
      }
    default:
      return {
        code: block.code,
        what: `Since ${since} the refresh token is known to be dead.`,
        remedy: sentence(newGrant(byHand)),
      }
  }
}

export const recordLost: Failure = {
  code: 'RECORD_LOST',
  what: 'Another run took the record over while this one was under way, so this one stopped.',
  remedy: 'The next run goes on from there.',
}

export const cancelledBeforeSending: Failure = {
  code: 'CANCELLED',
  what: 'The job was cancelled; no token request was sent.',
  remedy: '',
}

export const cancelledAfterStoring: Failure = {
  code: 'CANCELLED',
  what: 'The job was cancelled when the refresh token was stored, and the access token was not handed out any more.',
  remedy: 'The next run does that.',
}

export const cancelledBetweenPlaces: Failure = {
  code: 'CANCELLED',
  what: 'The job was cancelled before the access token was in all of its places.',
  remedy: 'The next run does that.',
}

export function healthCheckFailed(failure: Failure): Failure {
  return {
    code: 'HEALTH_CHECK_FAILED',
    what: `The new access token does not work, so it was not handed out. ${failure.what}`,
    remedy: failure.remedy,
  }
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
