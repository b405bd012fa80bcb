import { error, toSeconds, type Answer, type ApiRequest } from './answer.ts'
import {
  describeAccount,
  describeRepository,
  type Repository,
} from './repository.ts'
import type { WorkflowRun } from './run-store.ts'

/** Answers about one attempt of a run; the operation for all is not served. */
export function answerRunsRequest(
  request: ApiRequest,
  repository: Repository,
): Answer {
  const { run_id: id, attempt_number: number } = request.operation.parameters
  const run = repository.runs.all.get(Number(id))
  const attempt = run && readAttempt(run, Number(number))
  if (run === undefined || attempt === undefined) return error(404, 'Not Found')
  return {
    status: 200,
    body: describeAttempt(run, attempt, repository, request.apiUrl),
  }
}

type Attempt = Pick<
  WorkflowRun,
  'attempt' | 'status' | 'conclusion' | 'startedAt'
>

function readAttempt(run: WorkflowRun, number: number): Attempt | undefined {
  if (number === run.attempt) return run
  const ended = run.earlier[number - 1]
  return ended && { ...ended, attempt: number, status: 'completed' }
}

function describeAttempt(
  run: WorkflowRun,
  { attempt, status, conclusion, startedAt }: Attempt,
  repository: Repository,
  apiUrl: string,
): object {
  const home = `${apiUrl}/repos/${repository.owner}/${repository.name}`
  const url = `${home}/actions/runs/${run.id}`
  const attemptUrl = (number: number): string => `${url}/attempts/${number}`
  const actor = describeAccount('github-actions[bot]', 'Bot', apiUrl)
  const described = describeRepository(repository, apiUrl)
  return {
    id: run.id,
    name: 'Rotate',
    display_title: 'Rotate',
    node_id: `WFR_${run.id}`,
    head_branch: 'main',
    head_sha: run.headSha,
    path: '.github/workflows/rotate.yml',
    run_number: run.number,
    run_attempt: attempt,
    event: 'schedule',
    status,
    conclusion,
    workflow_id: 1,
    check_suite_id: run.id,
    url,
    html_url: url,
    pull_requests: [],
    created_at: toSeconds(run.createdAt),
    updated_at: toSeconds(startedAt),
    run_started_at: toSeconds(startedAt),
    actor,
    triggering_actor: actor,
    jobs_url: `${attemptUrl(attempt)}/jobs`,
    logs_url: `${attemptUrl(attempt)}/logs`,
    check_suite_url: `${home}/check-suites/${run.id}`,
    artifacts_url: `${url}/artifacts`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    previous_attempt_url: attempt > 1 ? attemptUrl(attempt - 1) : null,
    workflow_url: `${home}/actions/workflows/1`,
    head_commit: describeHead(run, repository),
    repository: described,
    head_repository: described,
  }
}

function describeHead(
  { headSha }: WorkflowRun,
  { git }: Repository,
): object | null {
  const commit = git.commits.get(headSha)
  if (commit === undefined) return null
  const { tree, message, author, committer } = commit
  return {
    id: headSha,
    tree_id: tree,
    message,
    timestamp: toSeconds(committer.date),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  }
}
