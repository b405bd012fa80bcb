import { page, toSeconds, type Answer, type ApiRequest } from './answer.ts'
import type { Environment, Repository } from './repository.ts'

/** Lists the environments of a repository. */
export function answerEnvironmentsRequest(
  { query, apiUrl }: ApiRequest,
  { owner, name, environments }: Repository,
): Answer {
  const home = `${apiUrl}/repos/${owner}/${name}/environments`
  return {
    status: 200,
    body: {
      total_count: environments.size,
      environments: page([...environments.values()], query).map((each) =>
        describeEnvironment(each, home),
      ),
    },
  }
}

function describeEnvironment(
  { id, name, createdAt }: Environment,
  home: string,
): object {
  const url = `${home}/${encodeURIComponent(name)}`
  return {
    id,
    node_id: `EN_${id}`,
    name,
    url,
    html_url: url,
    created_at: toSeconds(createdAt),
    updated_at: toSeconds(createdAt),
    protection_rules: [],
    deployment_branch_policy: null,
  }
}
