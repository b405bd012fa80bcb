import type { Readable, Transform } from 'node:stream'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib'

import { request, type Dispatcher } from 'undici'

import { parseEndpointUrl } from './address.ts'

/** No answer that this action needs is nearly as long. */
const MAX_BODY_BYTES = 1024 * 1024

export interface OutgoingRequest {
  readonly url: string
  readonly method: Dispatcher.HttpMethod
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** `false`: only the status and the headers are needed. */
  readonly readsBody?: boolean
  /** Ends everything, from connecting to reading the last byte. */
  readonly signal?: AbortSignal | undefined
}

/** An answer, as much of it as arrived and fits. */
export interface Reply {
  readonly status: number
  /** By name in lower case; repeated headers are joined. */
  readonly headers: Readonly<Record<string, string>>
  /** Decoded: at most {@link MAX_BODY_BYTES}. */
  readonly body: Buffer
  /** `cut`: the connection ended before the body did. `too long`: truncated. */
  readonly extent: 'whole' | 'cut' | 'too long'
}

/** The address must not receive a secret; nothing was sent. */
class UnsafeAddress extends Error {
  override readonly name = 'UnsafeAddress'
  readonly code = 'ADDRESS_NOT_HTTPS'
}

/**
 * Sends one request and reads its answer. All requests of this action go through here,
 * wherever the address came from: secrets are sent over https, or stay on this machine;
 * redirects are not followed; no answer fills the memory.
 *
 * @throws UnsafeAddress; what the dispatcher throws when no answer came
 */
export async function exchange(
  { url, method, headers, body, readsBody = true, signal }: OutgoingRequest,
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
  const read = readsBody ? await readAll(response.body) : none
  // The rest is not needed; leaving it unread is no error.
  if (!readsBody) response.body.on('error', () => undefined).destroy()
  const given = Object.entries(response.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : String(value),
  ])
  const flat = Object.fromEntries(given) as Record<string, string>
  return {
    status: response.statusCode,
    headers: flat,
    ...(await decode(read, flat['content-encoding'])),
  }
}

type Body = Pick<Reply, 'body' | 'extent'>

const none: Body = { body: Buffer.alloc(0), extent: 'whole' }

/** Reads as much of the body as there is; a reset half-way loses nothing. */
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
    // Also after `destroy` above, when it no longer matters.
    stream.on('error', () => {
      end('cut')
    })
  })
}

// A truncated body is decoded as far as it goes.
const partly = { finishFlush: constants.Z_SYNC_FLUSH }

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(partly),
  'x-gzip': () => createGunzip(partly),
  deflate: () => createInflate(partly),
  br: () =>
    createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: () => createZstdDecompress({ finishFlush: constants.ZSTD_e_flush }),
}

/** Compression is not asked for, but some servers compress anyway. */
async function decode(read: Body, encoding: string | undefined): Promise<Body> {
  const decoder = decoders[encoding?.trim().toLowerCase() ?? '']?.()
  if (decoder === undefined || read.body.length === 0) return read
  const decoding = readAll(decoder)
  decoder.end(read.body)
  const { body, extent } = await decoding
  // What cannot be decoded at all may not have been encoded.
  if (body.length === 0) return read
  return { body, extent: extent === 'whole' ? read.extent : extent }
}
