import type { RotationClass } from '../rotation/record/rotation-class.ts'
import type { ClientAuthMethod } from './client-authentication.ts'

/**
 * What is known about one provider: a file of `providers/`, named by the id. It
 * contains only what its sources say; the comment above it cites them, with when and
 * where they were read. Unknown facts are left out and count as their worst value.
 */
export interface Provider {
  readonly name: string
  /** The provider's page about refreshing; if that cannot be read, who says so. */
  readonly documentation: string
  /** May contain placeholders, `{tenant}`; so may all URLs here. */
  readonly tokenEndpoint?: string
  /** Where the token endpoint is discovered instead. */
  readonly issuer?: string
  /**
   * Only where it is known to judge refresh tokens: one that knows only access tokens
   * would call a good refresh token inactive.
   */
  readonly introspectionEndpoint?: string
  readonly userinfoEndpoint?: string
  /** What the user fills in for each placeholder, by name. */
  readonly placeholders?: Readonly<Record<string, Placeholder>>
  /**
   * The first that fits the client is used, unless the user says otherwise. Empty:
   * unknown, so what RFC 6749 requires of every server.
   */
  readonly clientAuthMethods: readonly ClientAuthMethod[]
  readonly request?: RequestShape
  readonly reply?: ReplyShape
  /** `strict` also where it is up to the tenant, and where it is undocumented. */
  readonly rotationClass: RotationClass
  /**
   * With class `grace` only. A tenth shorter than documented, and at least ten seconds:
   * the provider's clock starts when its server handles the request, which cannot be
   * seen here.
   */
  readonly graceSeconds?: number
  /** The refresh token expires when it is not used for this long. */
  readonly refreshTokenIdleSeconds?: number
  /** The refresh token expires after this long in any case. */
  readonly refreshTokenAbsoluteSeconds?: number
  /** The old access token keeps working after a refresh. */
  readonly keepsOldAccessToken?: boolean
  /** The cheapest call that tells whether an access token works: GET, Bearer. */
  readonly whoAmI?: string
}

export interface Placeholder {
  readonly description: string
  readonly example: string
  readonly default?: string
  /** What the whole value must match; unset: a host name, optionally with a port. */
  readonly pattern?: RegExp
}

export const DAY_SECONDS = 86_400

/** One path segment; `.` and `..` would lead somewhere else. */
export function pathSegment(description: string, example: string): Placeholder {
  return { description, example, pattern: /[A-Za-z0-9_~-][A-Za-z0-9._~-]*/ }
}

/** One of a few fixed texts. */
export function oneOf(
  description: string,
  choices: readonly [string, string, ...string[]],
): Placeholder {
  const [byDefault, example] = choices
  const pattern = choices.map((choice) => choice.replaceAll('.', '\\.'))
  return {
    description,
    example,
    default: byDefault,
    pattern: new RegExp(pattern.join('|')),
  }
}

/** How the token request differs from that of RFC 6749. */
export interface RequestShape {
  /**
   * Unset: `form`. `query`: grant and refresh token in the query, client credentials in
   * the body. `self-rotation`: no grant; the token itself, in a header, requests its
   * successor.
   */
  readonly format?: 'form' | 'json' | 'query' | 'self-rotation'
  /** Sent besides the standard ones, unless the user sets them. */
  readonly parameters?: Readonly<Record<string, string | boolean>>
  /** Must be set in `token-request-parameters`. */
  readonly requiredParameters?: readonly string[]
  /** Standard parameters that are not sent, such as `client_id`. */
  readonly omittedParameters?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** The client id and secret are not form-encoded before base64. */
  readonly hasRawBasic?: boolean
  /** The secret alone is the user name of HTTP Basic. */
  readonly isSecretBasicUser?: boolean
  /** A client without a secret identifies itself in the query, not in the body. */
  readonly hasPublicClientInQuery?: boolean
}

/** How the reply differs. Names are paths, such as `authed_user.access_token`. */
export interface ReplyShape {
  readonly refreshToken?: string
  readonly accessToken?: string
  /** Seconds from now. */
  readonly expiresIn?: string
  readonly expiresInMilliseconds?: string
  /** Seconds since 1970, or an ISO 8601 date. */
  readonly expiresAt?: string
  /** How long the refresh token lives, in seconds from now. */
  readonly refreshTokenExpiresIn?: string
  /** As `expiresAt`. */
  readonly refreshTokenExpiresAt?: string
  /** A number that is 0 in a good reply and nonzero in an error. */
  readonly errorNumber?: string
  /** Good replies have a status other than 200. */
  readonly successStatus?: number
  /** Good replies have no `token_type`. */
  readonly hasNoTokenType?: boolean
  /** Error codes that mean `invalid_grant`. */
  readonly invalidGrantErrors?: readonly string[]
  /** Words in the description of any error that mean the same. */
  readonly invalidGrantDescriptions?: readonly string[]
  /** Error codes that mean `invalid_client`. */
  readonly clientErrors?: readonly string[]
  /** Statuses that mean `invalid_grant` when they come without an OAuth error. */
  readonly invalidGrantStatuses?: readonly number[]
}
