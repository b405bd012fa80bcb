import { createHash, randomBytes } from 'node:crypto'

import { request, type Dispatcher } from 'undici'

import { DEVICE_CODE, REDIRECT_URI } from './clients.ts'
import type { TokenRequester } from './token-requests.ts'

/** Pages until somebody who is logged in and has agreed is done. */
const MAX_PAGES = 20

export interface Login {
  readonly issuer: string
  readonly tokenEndpoint: string
  readonly clientId: string
  readonly account: string
  readonly scope: string
  readonly requester: TokenRequester
}

/** Logs in with a browser: authorization code with PKCE (RFC 7636). */
export async function loginByCode(login: Login): Promise<string> {
  const { issuer, clientId, requester } = login
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: login.scope,
    // Without it oidc-provider leaves offline_access out.
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const browser = new Browser(requester.dispatcher, {
    login: login.account,
    password: 'any will do',
  })
  const end = await browser.visit(`${issuer}/auth?${query.toString()}`)
  const code = new URL(end).searchParams.get('code')
  if (code === null) throw new Error(`no code: ${end}`)
  return finish(login, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: verifier,
  })
}

/** Logs in with a device that has no browser (RFC 8628). */
export async function loginByDevice(login: Login): Promise<string> {
  const { issuer, requester } = login
  const { json } = await requester.post(`${issuer}/device/auth`, {
    client_id: login.clientId,
    scope: login.scope,
    prompt: 'consent',
  })
  const { device_code, user_code, verification_uri } = json as Partial<
    Record<string, string>
  >
  if (device_code === undefined || verification_uri === undefined) {
    throw new Error(JSON.stringify(json))
  }
  const browser = new Browser(requester.dispatcher, {
    user_code: user_code ?? '',
    login: login.account,
    password: 'any will do',
  })
  await browser.visit(verification_uri)
  return finish(login, { grant_type: DEVICE_CODE, device_code })
}

async function finish(
  { tokenEndpoint, requester }: Login,
  parameters: Readonly<Record<string, string>>,
): Promise<string> {
  const { json } = await requester.post(tokenEndpoint, parameters)
  const refreshToken = json['refresh_token']
  if (typeof refreshToken !== 'string') throw new Error(JSON.stringify(json))
  return refreshToken
}

/** Somebody with a browser who fills in every form and agrees to everything. */
class Browser {
  readonly #dispatcher: Dispatcher
  readonly #answers: Readonly<Record<string, string>>
  readonly #cookies = new Map<string, string>()

  constructor(
    dispatcher: Dispatcher,
    answers: Readonly<Record<string, string>>,
  ) {
    this.#dispatcher = dispatcher
    this.#answers = answers
  }

  /** @returns where it ended: at the client, or at a page without a form */
  async visit(start: string): Promise<string> {
    let url = start
    let form: URLSearchParams | undefined
    for (let count = 0; count < MAX_PAGES; count += 1) {
      if (url.startsWith(REDIRECT_URI)) return url
      const page = await this.#load(url, form)
      if (page.location !== undefined) {
        url = new URL(page.location, url).href
        form = undefined
        continue
      }
      if (page.status >= 400) throw new Error(`${url}: ${page.body}`)
      const [, action] = /<form [^>]*action="([^"]*)"/.exec(page.body) ?? []
      if (action === undefined) return url
      url = new URL(unescapeHtml(action), url).href
      form = this.#fillIn(page.body)
    }
    throw new Error(`no end of pages at ${url}`)
  }

  #fillIn(page: string): URLSearchParams {
    const form = new URLSearchParams()
    for (const [input] of page.matchAll(/<input\b[^>]*>/g)) {
      const [, name] = /\bname="([^"]*)"/.exec(input) ?? []
      const [, value = ''] = /\bvalue="([^"]*)"/.exec(input) ?? []
      if (name === undefined) continue
      form.set(name, this.#answers[name] ?? unescapeHtml(value))
    }
    return form
  }

  async #load(
    url: string,
    form: URLSearchParams | undefined,
  ): Promise<{ status: number; location: string | undefined; body: string }> {
    const cookie = [...this.#cookies].map((pair) => pair.join('=')).join('; ')
    const reply = await request(url, {
      dispatcher: this.#dispatcher,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'text/html',
        ...(cookie !== '' && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form && { body: form.toString() }),
    })
    for (const line of [reply.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') this.#cookies.delete(name)
      else this.#cookies.set(name, value)
    }
    const { location } = reply.headers
    return {
      status: reply.statusCode,
      location: typeof location === 'string' ? location : undefined,
      body: await reply.body.text(),
    }
  }
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
