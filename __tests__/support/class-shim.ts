import type { IncomingMessage, ServerResponse } from 'node:http'

import type { RotationClass } from '../../src/rotation/record/rotation-class.ts'
import type { Clock } from './clock.ts'
import { readBody, serve, type RunningServer } from './http-server.ts'

export interface ProviderClass {
  readonly rotationClass: RotationClass
  readonly graceSeconds: number
}

interface Succession {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly at: Date
  isSuccessorUsed: boolean
}

/**
 * Stands before a token endpoint that rotates strictly, and gives it another
 * rotation class: while the old refresh token still has to work, it is answered
 * with the tokens that were issued for it first.
 */
export class ClassShim {
  readonly #target: string
  readonly #class: ProviderClass
  readonly #clock: Clock
  readonly #successions = new Map<string, Succession>()
  #server: RunningServer | undefined

  constructor(target: string, providerClass: ProviderClass, clock: Clock) {
    this.#target = target
    this.#class = providerClass
    this.#clock = clock
  }

  async start(): Promise<void> {
    this.#server = await serve((request, response) => {
      void this.#handle(request, response)
    })
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get url(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url
  }

  async #handle(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(request)
    const presented = new URLSearchParams(body).get('refresh_token') ?? ''
    const known = this.#successions.get(presented)
    const answer =
      known !== undefined && this.#isStillGood(known)
        ? known
        : await this.#forward(request, body, presented)
    response
      .writeHead(answer.status, {
        'content-type': answer.contentType,
        date: this.#clock.now().toUTCString(),
      })
      .end(answer.body)
  }

  #isStillGood({ at, isSuccessorUsed }: Succession): boolean {
    switch (this.#class.rotationClass) {
      case 'grace': {
        const age = this.#clock.now().getTime() - at.getTime()
        return age < this.#class.graceSeconds * 1000
      }
      case 'confirm-on-use':
        return !isSuccessorUsed
      default:
        return false
    }
  }

  async #forward(
    request: IncomingMessage,
    body: string,
    presented: string,
  ): Promise<Succession> {
    for (const earlier of this.#successions.values()) {
      if (earlier.body.includes(`"${presented}"`)) {
        earlier.isSuccessorUsed = true
      }
    }
    const { authorization } = request.headers
    const reply = await fetch(this.#target + (request.url ?? ''), {
      method: request.method ?? 'GET',
      headers: {
        'content-type': request.headers['content-type'] ?? '',
        ...(authorization !== undefined && { authorization }),
      },
      ...(body !== '' && { body }),
    })
    const succession = {
      status: reply.status,
      contentType: reply.headers.get('content-type') ?? '',
      body: await reply.text(),
      at: this.#clock.now(),
      isSuccessorUsed: false,
    }
    if (reply.ok && presented !== '') {
      this.#successions.set(presented, succession)
    }
    return succession
  }
}
