import type { RequestShape } from '../oauth/provider.ts'
import { fitsHeader } from '../oauth/request-shape.ts'
import { SecretValue } from '../rotation/tokens/secret-value.ts'
import { explainEmptySecret, type Trigger } from './trigger.ts'
import type { GivenTokens } from '../rotation/rotation.ts'
import type { InputReader, SecretInput } from './reader.ts'

/** @see https://docs.github.com/en/actions/reference/security/secrets */
const MAX_SECRET_BYTES = 48 * 1024

export function readTokens(reader: InputReader, trigger: Trigger): GivenTokens {
  const refreshToken = readToken(reader, 'refresh-token')
  const accessToken = readToken(reader, 'access-token')
  if (refreshToken === '') {
    reader.problems.push(
      `'refresh-token' is empty. ${explainEmptySecret(trigger)}`,
    )
  }
  if (refreshToken !== '' && refreshToken === accessToken) {
    reader.problems.push(
      "'access-token' is the same as 'refresh-token': one of them is read from the wrong secret.",
    )
  }
  return {
    refreshToken: new SecretValue(refreshToken),
    ...(accessToken !== '' && {
      storedAccessToken: new SecretValue(accessToken),
    }),
    minimumValiditySeconds: reader.seconds('minimum-validity'),
  }
}

/** Only a header cannot carry everything: forms, JSON and queries escape it. */
export function refuseUnsendable(
  reader: InputReader,
  request: RequestShape | undefined,
): void {
  const isInHeader = request?.format === 'self-rotation'
  if (isInHeader && !fitsHeader(reader.secret('refresh-token'))) {
    reader.problems.push(
      "'refresh-token' has characters that a header cannot carry, and this provider takes it in one.",
    )
  }
}

/**
 * Takes a token as it is, because a server may have issued it that way: RFC 6749 allows
 * spaces, and servers issue more than it allows. White space around it is removed, as
 * it is from issued tokens: editors and pipes add it.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749.html#appendix-A.17
 */
function readToken(reader: InputReader, name: SecretInput): string {
  const given = reader.untrimmedSecret(name)
  const token = given.trim()
  if (/\s/.test(token)) {
    reader.warnings.push(
      `'${name}' contains white space. It is used as it is: correct the secret if it holds more than one token, or something else.`,
    )
  }
  if (Buffer.byteLength(token) > MAX_SECRET_BYTES) {
    reader.problems.push(
      `'${name}' is larger than 48 KB, which is the most that GitHub keeps in a secret.`,
    )
  }
  if (token !== '' && token !== given) {
    reader.notices.push(
      `'${name}' had white space around it, which was removed.`,
    )
  }
  return token
}
