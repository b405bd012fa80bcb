import { rmSync, truncateSync } from 'node:fs'
import { dirname } from 'node:path'

import { Runner } from '../__tests__/support/runner/runner.ts'
import type { Addresses, Queued } from './servers.ts'

const inputs = (
  { tokenEndpoint, clientId }: Addresses,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> => ({
  'refresh-token': '${{ secrets.REFRESH_TOKEN }}',
  'refresh-token-secret': 'REFRESH_TOKEN',
  'token-endpoint': tokenEndpoint,
  'client-id': clientId,
  'client-secret': '${{ secrets.CLIENT_SECRET }}',
  'github-token': '${{ secrets.ROTATION_TOKEN }}',
  ...overrides,
})

/**
 * The environment that the runner gives to a step, for many runs of it. The
 * runner of the tests makes it once, for a process that prints it: what it does
 * around a step is not to be measured.
 */
export class JobEnvironment {
  readonly #variables: Readonly<Record<string, string>>

  private constructor(variables: Readonly<Record<string, string>>) {
    this.#variables = variables
  }

  static async make(
    repository: string,
    addresses: Addresses,
    { secrets }: Queued,
    overrides: Readonly<Record<string, string>>,
  ): Promise<JobEnvironment> {
    const printer = new URL('print-environment.ts', import.meta.url)
    const runner = new Runner({
      repository,
      eventName: 'schedule',
      apiUrl: addresses.apiUrl,
      token: addresses.jobToken,
      secrets,
      environment: { NODE_OPTIONS: `--import=${printer.href}` },
    })
    const step = runner.start('main', inputs(addresses, overrides), {})
    const { rawOutput } = await step.finished
    const { NODE_OPTIONS: _printer, ...variables } = JSON.parse(
      rawOutput,
    ) as Record<string, string>
    return new JobEnvironment(variables)
  }

  /** For one run, with the token that the secret holds by then. */
  forRun({ runId, secrets }: Queued): Record<string, string> {
    for (const name of ['OUTPUT', 'STATE', 'ENV', 'PATH', 'STEP_SUMMARY']) {
      truncateSync(this.#variables[`GITHUB_${name}`] ?? '')
    }
    return {
      ...this.#variables,
      GITHUB_RUN_ID: runId,
      'INPUT_REFRESH-TOKEN': secrets['REFRESH_TOKEN'] ?? '',
    }
  }

  remove(): void {
    const { RUNNER_TEMP: temporary = '' } = this.#variables
    rmSync(dirname(temporary), { recursive: true })
  }
}
