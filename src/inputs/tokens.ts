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

function readToken(reader: InputReader, name: SecretInput): string {
  const given = reader.untrimmedSecret(name)
  const token = given.trim()
  if (/\s/.test(token)) {
    reader.problems.push(
      `'${name}' contains white space: it is more than one token, or something else.`,
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
