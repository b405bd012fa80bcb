import type { SeenRequest } from './http-server.ts'
import type { StepResult } from './runner/runner.ts'

/** A secret that was found where it must not be. */
export interface Leak {
  readonly where: string
  readonly form: string
}

/** The forms in which a secret is looked for. */
export function formsOf(secret: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(secret)
  const forms = new Map([
    ['plain', secret],
    ['hex', bytes.toString('hex')],
    ['HEX', bytes.toString('hex').toUpperCase()],
    ['URL-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams([['', secret]]).toString().slice(1)],
    ['JSON-escaped', JSON.stringify(secret).slice(1, -1)],
    ['pairs of hex', bytes.toString('hex').replaceAll(/..(?=.)/g, '$& ')],
    ['UTF-16', Array.from(secret).join('\0')],
    // As Go, Java and JavaScript print bytes.
    ...[' ', ',', ', '].map((between): [string, string] => [
      `numbers with '${between}'`,
      [...bytes].join(between),
    ]),
  ])
  for (const encoding of ['base64', 'base64url'] as const) {
    for (const offset of [0, 1, 2]) {
      // Only what stays the same whatever stands before and after it.
      const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString(
        encoding,
      )
      const start = Math.ceil((offset * 8) / 6)
      const end = Math.floor(((offset + bytes.length) * 8) / 6)
      forms.set(`${encoding} at offset ${offset}`, text.slice(start, end))
    }
  }
  return forms
}

/** Looks for secrets, in every form, in one text. */
export function findSecrets(
  where: string,
  text: string,
  secrets: Iterable<string>,
): Leak[] {
  const leaks: Leak[] = []
  for (const secret of secrets) {
    for (const [form, encoded] of formsOf(secret)) {
      if (text.includes(encoded)) leaks.push({ where, form })
    }
  }
  return leaks
}

/**
 * Looks through all that one process printed and left. Allowed are mask commands,
 * the one output that is meant to hold the access token, and in the runner's
 * state file the tokens of a GitHub App, which the post step has to give back
 * even if the main step was killed.
 */
export function findLeaksOfStep(
  step: string,
  { rawOutput, files, summary }: StepResult,
  accessToken: string,
  secrets: ReadonlySet<string>,
  installationTokens: ReadonlySet<string> = new Set(),
): Leak[] {
  const printed = rawOutput
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n')
  return [
    ...findSecrets(`${step}: output`, printed, secrets),
    ...findSecrets(`${step}: summary`, summary, secrets),
    ...Object.entries(files).flatMap(([name, text]) =>
      findSecrets(
        `${step}: file ${name}`,
        withoutAllowed(name, text, accessToken, installationTokens),
        secrets,
      ),
    ),
  ]
}

function withoutAllowed(
  file: string,
  text: string,
  accessToken: string,
  installationTokens: ReadonlySet<string>,
): string {
  if (/\/output_\d+$/.test(file)) return text.replace(accessToken, '')
  if (!/\/_runner_file_commands\/state_\d+$/.test(file)) return text
  return [...installationTokens].reduce(
    (rest, token) => rest.replaceAll(token, ''),
    text,
  )
}

/** GitHub may get its own token, in its header, and sealed boxes; nothing else. */
export function findLeaksToGitHub(
  requests: readonly SeenRequest[],
  secrets: ReadonlySet<string>,
): Leak[] {
  return requests.flatMap(({ method, path, headers, body }) => {
    const others = Object.entries(headers)
      .filter(([name]) => name !== 'authorization')
      .map((header) => header.join(': '))
    const where = `request ${method} ${path}`
    return findSecrets(where, [path, ...others, body].join('\n'), secrets)
  })
}

/**
 * What a client authenticates with in a header, in the very form in which it was
 * sent: its name and secret form-encoded, and all of that in base64.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#section-2.3.1
 */
export function readBasic({ headers }: Pick<SeenRequest, 'headers'>): string[] {
  const header = headers['authorization'] ?? ''
  const [, basic] = /^basic (.+)$/i.exec(header) ?? []
  return basic === undefined
    ? []
    : [basic, Buffer.from(basic, 'base64').toString('utf8')]
}

/** The token endpoint may get the client's secret and one refresh token. */
export function findLeaksToTokenEndpoint(
  requests: readonly SeenRequest[],
  secrets: ReadonlySet<string>,
  clientSecret: string,
): Leak[] {
  return requests.flatMap((request) => {
    const { method, path, headers, body } = request
    const fields = new URLSearchParams(body)
    const forbidden = new Set(secrets)
    forbidden.delete(clientSecret)
    for (const form of readBasic(request)) forbidden.delete(form)
    if (method === 'POST' && path.endsWith('/token')) {
      forbidden.delete(fields.get('refresh_token') ?? '')
    }
    if (method === 'POST' && path.endsWith('/introspection')) {
      forbidden.delete(fields.get('token') ?? '')
    }
    const where = `request ${method} ${path}`
    const text = [path, JSON.stringify(headers), body].join('\n')
    return findSecrets(where, text, forbidden)
  })
}
