/** What started the run, as far as it decides whether it may rotate. */
export interface Trigger {
  readonly eventName: string
  readonly actor: string
  /** `owner/name` of the repository that the workflow runs in. */
  readonly repository: string
  /** The event's payload. */
  readonly payload: Readonly<Record<string, unknown>>
}

/**
 * Why this run must not rotate, or undefined when it may. Runs that code of
 * strangers can start are refused: they get no secrets, or get them together with
 * that code.
 */
export function refuseTrigger(trigger: Trigger): string | undefined {
  if (trigger.eventName === 'pull_request_target') {
    return 'The event pull_request_target gives the secrets of this repository to runs that strangers can start, so nothing is rotated on it.'
  }
  if (isFromFork(trigger)) {
    return 'The pull request comes from another repository. Its runs get no secrets, so there is nothing to rotate.'
  }
  if (trigger.actor === 'dependabot[bot]') {
    return 'The run was started by Dependabot. Its runs get the secrets of the Dependabot store, and a refresh token that is copied there must not be spent twice.'
  }
  return undefined
}

/** Why `refresh-token` is empty, as far as the event tells. */
export function explainEmptySecret(trigger: Trigger): string {
  return refuseTrigger(trigger) === undefined
    ? 'Usually the secret that the workflow reads does not exist: check its name, that an environment secret is read in a job with that `environment`, and that an organization secret is open to this repository.'
    : 'GitHub withholds secrets from such runs.'
}

/**
 * Whether the head of the pull request is in another repository. A repository
 * that happens to be a fork itself may rotate: it is not a stranger to itself.
 */
function isFromFork({ payload, repository }: Trigger): boolean {
  const pullRequest = payload['pull_request'] as
    { head?: { repo?: { full_name?: unknown } | null } } | undefined
  if (pullRequest === undefined) return false
  const head = pullRequest.head?.repo?.full_name
  // No name: the repository that the head was in has been deleted.
  return (
    typeof head !== 'string' || head.toLowerCase() !== repository.toLowerCase()
  )
}
