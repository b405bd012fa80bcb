import { once } from 'node:events'
import {
  request as forwardRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'

import type { Certificate } from './certificates.ts'
import {
  describeRequest,
  serve,
  type RunningServer,
  type SeenRequest,
} from './http-server.ts'
import { serveTls } from './tls-server.ts'

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** `before`: the server never sees the request. `after`: it has acted on it. */
type When = 'before' | 'after'

export type Fault =
  /** Nothing goes wrong; for a rule that comes before another one. */
  | { readonly kind: 'pass' }
  /** The server sees the request only then. */
  | { readonly kind: 'wait'; readonly until: () => Promise<void> }
  /** The server has acted; its answer goes on only then. */
  | { readonly kind: 'hold'; readonly until: () => Promise<void> }
  | {
      readonly kind: 'respond'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
    }
  | { readonly kind: 'drop'; readonly when: When }
  | { readonly kind: 'hang'; readonly when: When }
  | {
      readonly kind: 'rewrite'
      readonly rewrite: (reply: Reply) => Reply
      /** What the server sees of the body; left out: all of it, as it came. */
      readonly rewriteRequest?: (body: string) => string
    }
  /** Sends a good beginning, and then no end of it. The server sees nothing. */
  | {
      readonly kind: 'endless'
      readonly start?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** Promises the whole body, sends this much of it, and drops the connection. */
  | { readonly kind: 'cut'; readonly keep: (body: string) => number }

export interface Rule {
  readonly method?: string
  readonly path?: RegExp
  readonly fault: Fault
  /** What happens elsewhere at this very moment. */
  readonly meanwhile?: () => void
  /** How many requests it strikes; left out: all. */
  times?: number
}

/** Stands between the action and a server, and lets things go wrong. */
export class FaultProxy {
  readonly requests: SeenRequest[] = []
  readonly rules: Rule[] = []
  /** How much of endless answers was taken from this proxy. */
  endlessBytes = 0
  readonly #target: URL
  #server: RunningServer | undefined

  readonly #certificate: Certificate | undefined

  /** @param certificate with one it speaks TLS, before it goes on without */
  constructor(target: string, certificate?: Certificate) {
    this.#target = new URL(target)
    this.#certificate = certificate
  }

  async start(): Promise<void> {
    const listener: RequestListener = (message, response) => {
      void this.#handle(message, response)
    }
    this.#server = await (this.#certificate
      ? serveTls(listener, { ...this.#certificate, clientCertificates: 'none' })
      : serve(listener))
  }

  async close(): Promise<void> {
    await this.#server?.close()
  }

  get url(): string {
    if (this.#server === undefined) throw new Error('not started')
    return this.#server.url
  }

  /** The requests that were made for a path, whatever became of them. */
  count(method: string, path: RegExp): number {
    return this.requests.filter(
      (request) => request.method === method && path.test(request.path),
    ).length
  }

  async #handle(
    message: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readAll(message)
    const request = describeRequest(message, body.toString('utf8'))
    this.requests.push(request)
    const fault = this.#nextFault(request)
    if (fault?.kind === 'respond') {
      request.status = fault.status
      response.writeHead(fault.status, {
        'content-type': 'application/json',
        ...fault.headers,
      })
      response.end(fault.body)
      return
    }
    if (fault?.kind === 'endless') {
      request.status = 200
      await this.#pour(response, fault)
      return
    }
    if (fault?.kind === 'drop' && fault.when === 'before') {
      message.socket.destroy()
      return
    }
    if (fault?.kind === 'hang' && fault.when === 'before') return
    if (fault?.kind === 'wait') await fault.until()

    const forwarded =
      fault?.kind === 'rewrite' && fault.rewriteRequest
        ? Buffer.from(fault.rewriteRequest(body.toString('utf8')))
        : body
    const reply = await this.#forward(message, forwarded)
    request.status = reply.status
    if (fault?.kind === 'hold') await fault.until()
    switch (fault?.kind) {
      case 'drop':
        message.socket.destroy()
        return
      case 'hang':
        return
      case 'rewrite':
        send(response, fault.rewrite(reply))
        return
      case 'cut':
        response.writeHead(reply.status, {
          ...reply.headers,
          'content-length': reply.body.length,
        })
        response.write(
          reply.body.subarray(0, fault.keep(reply.body.toString('utf8'))),
          () => message.socket.destroy(),
        )
        return
      default:
        send(response, reply)
    }
  }

  /** As fast as the other side takes it, until that has had enough. */
  async #pour(
    response: ServerResponse,
    { start = '', headers }: Extract<Fault, { kind: 'endless' }>,
  ): Promise<void> {
    const closed = once(response, 'close')
    response.writeHead(200, { 'content-type': 'application/json', ...headers })
    response.write(start)
    const chunk = Buffer.alloc(64 * 1024, ' ')
    while (!response.destroyed) {
      this.endlessBytes += chunk.length
      if (response.write(chunk)) await new Promise(setImmediate)
      else await Promise.race([once(response, 'drain'), closed])
    }
  }

  #nextFault({ method, path }: SeenRequest): Fault | undefined {
    const rule = this.rules.find(
      (each) =>
        each.times !== 0 &&
        (each.method ?? method) === method &&
        (each.path ?? /./).test(path),
    )
    if (rule?.times !== undefined) rule.times -= 1
    rule?.meanwhile?.()
    return rule?.fault
  }

  async #forward(message: IncomingMessage, body: Buffer): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const forwarded = forwardRequest(
        new URL(message.url ?? '/', this.#target),
        {
          method: message.method ?? 'GET',
          // The server must see the address that the action uses, or the links
          // in its replies would lead past the proxy.
          headers: {
            ...message.headers,
            connection: 'close',
            ...(message.headers['content-length'] !== undefined && {
              'content-length': body.length,
            }),
          },
        },
        (reply) => {
          readAll(reply).then((read) => {
            resolve({
              status: reply.statusCode ?? 0,
              headers: reply.headers,
              body: read,
            })
          }, reject)
        },
      )
      forwarded.on('error', reject)
      forwarded.end(body)
    })
  }
}

function send(response: ServerResponse, reply: Reply): void {
  const headers = { ...reply.headers }
  delete headers.connection
  delete headers['transfer-encoding']
  const hasBody = reply.body.length > 0
  response.writeHead(reply.status, {
    ...headers,
    ...(hasBody && { 'content-length': reply.body.length }),
  })
  response.end(hasBody ? reply.body : undefined)
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
