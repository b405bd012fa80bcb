/**
 * The least that a rotation can do, without any care: three requests on node's
 * own http, and libsodium. A yardstick, never to be used.
 */
import { appendFileSync } from 'node:fs'
import { Agent, request } from 'node:http'

import sodium from 'libsodium-wrappers'

const agent = new Agent({ keepAlive: true })
const api = process.env['GITHUB_API_URL'] ?? ''
const repository = process.env['GITHUB_REPOSITORY'] ?? ''
const secrets = `${api}/repos/${repository}/actions/secrets`
const githubHeaders = {
  accept: 'application/vnd.github+json',
  authorization: `token ${input('github-token')}`,
  'user-agent': 'careless',
  'x-github-api-version': '2022-11-28',
}

const key = JSON.parse(
  await send('GET', `${secrets}/public-key`, githubHeaders),
) as { key_id: string; key: string }

const tokens = JSON.parse(
  await send(
    'POST',
    input('token-endpoint'),
    {
      authorization: `Basic ${Buffer.from(
        [input('client-id'), input('client-secret')]
          .map(encodeURIComponent)
          .join(':'),
      ).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: input('refresh-token'),
    }).toString(),
  ),
) as { access_token: string; refresh_token: string }
console.log(`::add-mask::${tokens.refresh_token}`)
console.log(`::add-mask::${tokens.access_token}`)

await sodium.ready
const { ORIGINAL } = sodium.base64_variants
const box = sodium.crypto_box_seal(
  sodium.from_string(tokens.refresh_token),
  sodium.from_base64(key.key, ORIGINAL),
)
await send(
  'PUT',
  `${secrets}/${input('refresh-token-secret')}`,
  githubHeaders,
  JSON.stringify({
    encrypted_value: sodium.to_base64(box, ORIGINAL),
    key_id: key.key_id,
  }),
)
appendFileSync(
  process.env['GITHUB_OUTPUT'] ?? '',
  `access-token=${tokens.access_token}\n`,
)

function input(name: string): string {
  return process.env[`INPUT_${name.toUpperCase()}`] ?? ''
}

function send(
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        const { statusCode = 0 } = response
        if (statusCode < 300) resolve(text)
        else reject(new Error(`${method} ${url}: ${statusCode} ${text}`))
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
