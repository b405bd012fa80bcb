import type { Readable } from 'node:stream'
import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

import { request, type Dispatcher } from 'undici'

import { parseEndpointUrl } from './address.ts'

/** No answer that this action waits for is nearly as long. */
export const MAX_BODY_BYTES = 1024 * 1024

export interface OutgoingRequest {
  readonly url: string
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Ends everything, from connecting to reading the last byte. */
  readonly signal?: AbortSignal | undefined
}

/** An answer, as much of it as came and fits. */
export interface Reply {
  readonly status: number
  /** By name in lower case; of a header that came several times, all in one. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded: at most {@link MAX_BODY_BYTES}. */
  readonly body: Buffer
  /** `cut`: the connection ended before the body did. `too long`: not all is here. */
  readonly extent: 'whole' | 'cut' | 'too long'
}

/** The address is not one that may receive a secret; nothing was sent. */
export class UnsafeAddress extends Error {
  override readonly name = 'UnsafeAddress'
  readonly code = 'ADDRESS_NOT_HTTPS'
}

/**
 * Sends one request and reads its answer. All requests of this action go through
 * here, whatever told it the address: secrets travel over https, or not further
 * than this machine; redirects are not followed; no answer fills the memory.
 *
 * @throws UnsafeAddress; what the dispatcher throws when no answer came
 */
export async function exchange(
  { url, method, headers, body, signal }: OutgoingRequest,
  dispatcher: Dispatcher,
): Promise<Reply> {
  const address = parseEndpointUrl(url)
  if (typeof address === 'string') throw new UnsafeAddress(address)
  const response = await request(address, {
    method,
    headers: { 'accept-encoding': 'identity', ...headers },
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
    dispatcher,
  })
  const read = await readAll(response.body)
  const given = Object.entries(response.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
  const flat = Object.fromEntries(given) as Record<string, string>
  return {
    status: response.statusCode,
    headers: flat,
    ...decode(read, flat['content-encoding']),
  }
}

type Body = Pick<Reply, 'body' | 'extent'>

/** Reads as much of the body as there is; a reset half-way loses nothing read. */
function readAll(stream: Readable): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const end = (extent: Reply['extent']): void => {
      const body = Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES)
      resolve({ body, extent })
    }
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length <= MAX_BODY_BYTES) return
      end('too long')
      stream.destroy()
    })
    stream.once('end', () => {
      end('whole')
    })
    // Also by `destroy` above, when there is nobody to hear of it any more.
    stream.on('error', () => {
      end('cut')
    })
  })
}

type Decoder = (body: Buffer) => Buffer

const limit = { maxOutputLength: MAX_BODY_BYTES }
// What is there of a body that was cut is decoded, too.
const partly = { ...limit, finishFlush: constants.Z_SYNC_FLUSH }

const decoders: Readonly<Record<string, Decoder>> = {
  gzip: (body) => gunzipSync(body, partly),
  'x-gzip': (body) => gunzipSync(body, partly),
  deflate: (body) => inflateSync(body, partly),
  br: (body) =>
    brotliDecompressSync(body, {
      ...limit,
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
    }),
  zstd: (body) =>
    zstdDecompressSync(body, {
      ...limit,
      finishFlush: constants.ZSTD_e_flush,
    }),
}

/** Nobody was asked to compress, but some do all the same. */
function decode(read: Body, encoding: string | undefined): Body {
  const decoder = decoders[encoding?.trim().toLowerCase() ?? '']
  if (decoder === undefined || read.body.length === 0) return read
  try {
    return { ...read, body: decoder(read.body) }
  } catch (thrown) {
    const { code } = thrown as { code?: unknown }
    return code === 'ERR_BUFFER_TOO_LARGE'
      ? { body: Buffer.alloc(0), extent: 'too long' }
      : read
  }
}
