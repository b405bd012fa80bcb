/** What started the run, as far as it decides whether it may rotate. */
export interface Trigger {
  readonly eventName: string
  readonly actor: string
  /** `owner/name` of the workflow's repository. */
  readonly repository: string
  readonly payload: Readonly<Record<string, unknown>>
}

/** Events that take write access to the repository, or GitHub's clock. */
const trusted: ReadonlySet<string> = new Set([
  'schedule',
  'workflow_dispatch',
  'repository_dispatch',
  'push',
  'release',
  'deployment',
  'deployment_status',
  'merge_group',
])

/** The event whose runs execute the code of a pull request. */
const PULL_REQUEST = 'pull_request'

/**
 * Why this run must not rotate; undefined when it may. Only events that a stranger
 * cannot cause are let in: others get no secrets, or get them together with a
 * stranger's input.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
 */
export function refuseTrigger(trigger: Trigger): string | undefined {
  const { eventName, actor, payload } = trigger
  return (
    (eventName === 'workflow_run'
      ? refuseWorkflowRun(trigger)
      : refuseEvent(eventName, payload[PULL_REQUEST], trigger)) ??
    (actor === 'dependabot[bot]'
      ? 'The run was started by Dependabot. Its runs get the secrets of the Dependabot store, and a refresh token that is copied there must not be spent twice.'
      : undefined)
  )
}

function refuseEvent(
  eventName: string,
  pullRequest: unknown,
  { repository }: Trigger,
): string | undefined {
  if (trusted.has(eventName)) return undefined
  if (eventName === 'pull_request_target') {
    return 'The event pull_request_target gives the secrets of this repository to runs that strangers can start, so nothing is rotated on it.'
  }
  if (eventName !== PULL_REQUEST) {
    return `The event ${nameOf(eventName)} is not one that only people with write access can cause, so nothing is rotated on it. The events allowed are ${[...trusted].join(', ')}, pull_request of this repository, and workflow_run after one of these.`
  }
  const { head } = (pullRequest ?? {}) as {
    head?: { repo?: { full_name?: unknown } | null }
  }
  return isSame(head?.repo?.full_name, repository)
    ? undefined
    : 'The pull request comes from another repository. Its runs get no secrets, so there is nothing to rotate.'
}

/** Such a run gets all secrets, whatever started the run before it. */
function refuseWorkflowRun(trigger: Trigger): string | undefined {
  const { event, head_repository: head } = (trigger.payload['workflow_run'] ??
    {}) as {
    event?: unknown
    head_repository?: { full_name?: unknown } | null
  }
  const isTrusted =
    typeof event === 'string' && (trusted.has(event) || event === PULL_REQUEST)
  if (isTrusted && isSame(head?.full_name, trigger.repository)) {
    return undefined
  }
  return `The event workflow_run follows a run that a stranger may have started (${nameOf(event)}, or in another repository), so nothing is rotated on it.`
}

/** Why `refresh-token` is empty, as far as the event tells. */
export function explainEmptySecret(trigger: Trigger): string {
  return refuseTrigger(trigger) === undefined
    ? 'Usually the secret that the workflow reads does not exist: check its name, that an environment secret is read in a job with that `environment`, and that an organization secret is open to this repository.'
    : 'GitHub withholds secrets from such runs.'
}

/**
 * A repository that is a fork is no stranger to itself. No name: it has been deleted.
 */
function isSame(name: unknown, repository: string): boolean {
  return (
    typeof name === 'string' && name.toLowerCase() === repository.toLowerCase()
  )
}

function nameOf(event: unknown): string {
  return typeof event === 'string' && /^\w{1,40}$/.test(event)
    ? event
    : 'an unknown one'
}
