import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'

export interface RunningServer {
  readonly url: string
  close(): Promise<void>
}

/** Serves on loopback; port 0 takes a free one. */
export async function serve(
  listener: RequestListener,
  port = 0,
): Promise<RunningServer> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const { port: taken } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${taken}`,
    async close() {
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    },
  }
}

export async function readBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

export async function readJson(message: IncomingMessage): Promise<unknown> {
  const body = await readBody(message)
  return body === '' ? {} : (JSON.parse(body) as unknown)
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    .end(JSON.stringify(body))
}

/** One request that a server got, as it came over the wire. */
export interface SeenRequest {
  readonly method: string
  /** Path and query, still encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What was answered; 0 when nothing was. */
  status: number
}

export function describeRequest(
  message: IncomingMessage,
  body: string,
): SeenRequest {
  return {
    method: message.method ?? '',
    path: message.url ?? '',
    headers: Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [
        name,
        String(value),
      ]),
    ),
    body,
    status: 0,
  }
}
