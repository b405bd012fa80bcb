import * as core from '@actions/core'

import type { HeldSecrets } from '../rotation/outcome/foreign-text.ts'
import { masksFor, tooShortToMask } from '../rotation/outcome/masks.ts'
import type { Job } from '../rotation/ports.ts'

/**
 * The job that the step runs in. To end a step, the runner sends SIGINT, and SIGTERM
 * 7.5 s later; after 10 s in all it kills.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
 */
export class RunnerJob implements Job {
  #isCancelled = false
  readonly #cancelled = Promise.withResolvers<undefined>()

  readonly #held: HeldSecrets

  /** @param held learns what is masked */
  constructor(isCancelled: boolean, held: HeldSecrets) {
    this.#held = held
    if (isCancelled) this.#cancel()
    process.on('SIGINT', () => {
      this.#cancel()
    })
    process.on('SIGTERM', () => {
      this.#cancel()
    })
  }

  #cancel(): void {
    if (this.#isCancelled) return
    this.#isCancelled = true
    this.#cancelled.resolve(undefined)
    core.info(
      'The job is being cancelled. Nothing new is started; if a token request is under way, this run waits for its answer and stores the new token.',
    )
  }

  mask(value: Parameters<Job['mask']>[0], name: string): void {
    this.#held.add(value)
    const masks = masksFor(value.reveal())
    for (const mask of masks) core.setSecret(mask)
    if (masks.length === 0) core.warning(tooShortToMask(name))
  }

  info(line: string): void {
    core.info(line)
  }

  notice(line: string): void {
    core.notice(line)
  }

  warning(line: string): void {
    core.warning(line)
  }

  isCancelled(): boolean {
    return this.#isCancelled
  }

  whenCancelled(): Promise<void> {
    return this.#cancelled.promise
  }
}
