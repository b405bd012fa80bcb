/**
 * The same three requests on the libraries that the action uses, without any
 * care. A yardstick, never to be used.
 */
import * as core from '@actions/core'
import { Octokit } from '@octokit/rest'
import sodium from 'libsodium-wrappers'
import { fetch } from 'undici'

const [owner = '', repo = ''] = (process.env['GITHUB_REPOSITORY'] ?? '').split(
  '/',
)
const octokit = new Octokit({
  auth: core.getInput('github-token'),
  baseUrl: process.env['GITHUB_API_URL'] ?? '',
  userAgent: 'careless',
  // With node's own fetch a second undici would be loaded.
  request: { fetch },
})
const headers = { 'x-github-api-version': '2022-11-28' }

const { data: key } = await octokit.rest.actions.getRepoPublicKey({
  owner,
  repo,
  headers,
})

const credentials = [core.getInput('client-id'), core.getInput('client-secret')]
const response = await fetch(core.getInput('token-endpoint'), {
  method: 'POST',
  headers: {
    authorization: `Basic ${Buffer.from(
      credentials.map(encodeURIComponent).join(':'),
    ).toString('base64')}`,
  },
  body: new URLSearchParams({
    grant_type: 'refresh_token',
    refresh_token: core.getInput('refresh-token'),
  }),
})
if (!response.ok) throw new Error(`token endpoint: ${response.status}`)
const tokens = (await response.json()) as {
  access_token: string
  refresh_token: string
}
core.setSecret(tokens.refresh_token)
core.setSecret(tokens.access_token)

await sodium.ready
const { ORIGINAL } = sodium.base64_variants
const box = sodium.crypto_box_seal(
  sodium.from_string(tokens.refresh_token),
  sodium.from_base64(key.key, ORIGINAL),
)
await octokit.rest.actions.createOrUpdateRepoSecret({
  owner,
  repo,
  secret_name: core.getInput('refresh-token-secret'),
  encrypted_value: sodium.to_base64(box, ORIGINAL),
  key_id: key.key_id,
  headers,
})
core.setOutput('access-token', tokens.access_token)
