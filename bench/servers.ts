import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Exchange } from './gate.ts'

/** Where a job finds the servers, and as whom it comes. */
export interface Addresses {
  readonly apiUrl: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly jobToken: string
}

export interface TrafficOptions {
  /** How long each request is on its way. */
  readonly latencyMilliseconds: number
  /** Holds requests back to see which of them wait for each other. */
  readonly countsRoundTrips: boolean
}

/** A run, with the secrets of that moment. */
export interface Queued {
  readonly runId: string
  readonly secrets: Readonly<Record<string, string>>
}

/** What one run sent. */
export interface Traffic {
  readonly exchanges: readonly Exchange[]
  /** 0 where they were not counted. */
  readonly roundTrips: number
}

/** Both servers, in their process. */
export class Servers {
  readonly addresses: Addresses
  readonly #process: ChildProcess

  private constructor(process: ChildProcess, addresses: Addresses) {
    this.#process = process
    this.addresses = addresses
  }

  /** @param repositories each gets a refresh token of its own */
  static async start(repositories: readonly string[]): Promise<Servers> {
    const server = fork(
      fileURLToPath(new URL('server-process.ts', import.meta.url)),
      // Keeps the big integers that times are.
      { serialization: 'advanced', execArgv: [] },
    )
    server.once('exit', (code) => {
      if (code !== 0) throw new Error('the process of the servers has ended')
    })
    const addresses = await call(server, 'open', repositories)
    return new Servers(server, addresses as Addresses)
  }

  async queue(repository: string, options: TrafficOptions): Promise<Queued> {
    return (await call(this.#process, 'queue', repository, options)) as Queued
  }

  /** @throws when the run did not leave what a rotation has to leave */
  async complete(repository: string, queued: Queued): Promise<Traffic> {
    return (await call(
      this.#process,
      'complete',
      repository,
      queued,
    )) as Traffic
  }

  close(): void {
    this.#process.disconnect()
  }
}

/** Nobody asks for two things at once. */
async function call(
  server: ChildProcess,
  name: string,
  ...parameters: unknown[]
): Promise<unknown> {
  const answered = once(server, 'message')
  server.send({ name, parameters })
  const [{ result, error }] = (await answered) as [
    { result?: unknown; error?: string },
  ]
  if (error !== undefined) throw new Error(error)
  return result
}
