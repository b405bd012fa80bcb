import * as core from '@actions/core'

import type { Job } from '../rotation/ports.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'

/** State of the step: what to revoke after the job. */
export const TOKENS_STATE = 'tokens'

/**
 * Installation tokens that this step has minted. The post step revokes them even if
 * this process dies, so they are in the runner's state file until then.
 */
export class InstallationTokens {
  readonly #tokens: SecretValue[]
  readonly #job: Job

  constructor(job: Job) {
    this.#job = job
    this.#tokens = core
      .getState(TOKENS_STATE)
      .split('\n')
      .filter((token) => token !== '')
      .map((token) => new SecretValue(token))
    for (const token of this.#tokens) job.mask(token, 'The installation token')
  }

  keep(token: SecretValue): void {
    this.#job.mask(token, 'The installation token')
    this.#tokens.push(token)
    const all = this.#tokens.map((each) => each.reveal())
    core.saveState(TOKENS_STATE, all.join('\n'))
  }

  get all(): readonly SecretValue[] {
    return this.#tokens
  }
}
