import http, {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import { syncBuiltinESMExports } from 'node:module'
import { setTimeout } from 'node:timers/promises'

import type { RoundTrips } from '../__tests__/support/round-trips.ts'

/** One request; times in nanoseconds of the clock that all processes share. */
export interface Exchange {
  readonly method: string
  readonly path: string
  readonly arrivedAt: bigint
  /** When the server got it, so after the latency. */
  handledAt: bigint
  /** When the server had its answer ready. */
  answeredAt: bigint
}

/**
 * Stands in front of every server of this process: notes the requests and lets
 * them wait. Inside of the servers, not before them: a proxy would be one more
 * thing to measure, and would have connections of its own.
 */
export class Gate {
  exchanges: Exchange[] = []
  latencyMilliseconds = 0
  /** Set while sequential round trips are counted instead of time. */
  roundTrips: RoundTrips | undefined

  /** Before any server is made: the stand-ins make theirs themselves. */
  install(): void {
    const { createServer } = http
    http.createServer = ((listener: RequestListener) =>
      createServer((request: IncomingMessage, response: ServerResponse) => {
        if (request.url?.startsWith('/_control/')) listener(request, response)
        else void this.#pass(request, response, listener)
      })) as typeof createServer
    syncBuiltinESMExports()
  }

  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    listener: RequestListener,
  ): Promise<void> {
    const exchange: Exchange = {
      method: request.method ?? '',
      path: request.url ?? '',
      arrivedAt: process.hrtime.bigint(),
      handledAt: 0n,
      answeredAt: 0n,
    }
    this.exchanges.push(exchange)
    if (this.roundTrips?.fault.kind === 'wait') {
      await this.roundTrips.fault.until()
    }
    if (this.latencyMilliseconds > 0) await setTimeout(this.latencyMilliseconds)
    exchange.handledAt = process.hrtime.bigint()
    const end = response.end.bind(response)
    // The earliest moment at which the client can have the last byte.
    Object.assign(response, {
      end(...parameters: Parameters<typeof end>) {
        exchange.answeredAt = process.hrtime.bigint()
        return end(...parameters)
      },
    })
    listener(request, response)
  }
}
