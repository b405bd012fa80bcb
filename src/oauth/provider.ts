import type { RotationClass } from '../rotation/record/rotation-class.ts'
import type { ClientAuthMethod } from './client-authentication.ts'

/**
 * What is known about one provider: a file of `providers/`, whose name is the id.
 * It holds only what its sources say, which are in the comment above it: when and
 * where they were read. What is not known is left out and counts as its worst value.
 */
export interface Provider {
  readonly name: string
  /** The provider's page about refreshing; where none could be read, who says so. */
  readonly documentation: string
  /** May hold placeholders, `{tenant}`; so may all URLs here. */
  readonly tokenEndpoint?: string
  /** Where the token endpoint is discovered instead. */
  readonly issuer?: string
  /**
   * Only where it is known to judge refresh tokens. One that knows access tokens
   * only would say of a good refresh token that it is not active.
   */
  readonly introspectionEndpoint?: string
  readonly userinfoEndpoint?: string
  /** What the user fills in for a placeholder, by its name. */
  readonly placeholders?: Readonly<Record<string, Placeholder>>
  /**
   * The first one that fits the client is used unless the user says otherwise.
   * Empty: not known, so what RFC 6749 has every server support.
   */
  readonly clientAuthMethods: readonly ClientAuthMethod[]
  readonly request?: RequestShape
  readonly reply?: ReplyShape
  /**
   * `strict` also where the provider leaves it to its customers (does this tenant
   * rotate?), and where nobody says.
   */
  readonly rotationClass: RotationClass
  /**
   * With class `grace` only. A tenth shorter than the provider says, and at least
   * ten seconds: its clock starts when the server handles the request, which
   * nobody here sees.
   */
  readonly graceSeconds?: number
  /** The refresh token dies when it is not used for so long. */
  readonly refreshTokenIdleSeconds?: number
  /** It dies after so long, whatever is done with it. */
  readonly refreshTokenAbsoluteSeconds?: number
  /** The old access token works on after a refresh. */
  readonly keepsOldAccessToken?: boolean
  /** The cheapest call that says whether an access token works: GET, Bearer. */
  readonly whoAmI?: string
}

export interface Placeholder {
  readonly description: string
  readonly example: string
  readonly default?: string
  /** What the whole value must match; left out: a host name, maybe with a port. */
  readonly pattern?: RegExp
}

export const DAY_SECONDS = 86_400

/** Something between two slashes; `.` and `..` would lead somewhere else. */
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

/** How the token request differs from the one of RFC 6749. */
export interface RequestShape {
  /**
   * `form` unless it says otherwise. `query`: grant and refresh token stand in the
   * query, the client's credentials in the body. `self-rotation`: no grant at
   * all; the token itself, as a header, asks for its successor.
   */
  readonly format?: 'form' | 'json' | 'query' | 'self-rotation'
  /** Sent besides those of the standard, unless the user sets them. */
  readonly parameters?: Readonly<Record<string, string | boolean>>
  /** Must be given in `token-request-parameters`. */
  readonly requiredParameters?: readonly string[]
  /** Parameters of the standard that are not sent, such as `client_id`. */
  readonly omittedParameters?: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** The client id and secret are not form-encoded before base64. */
  readonly hasRawBasic?: boolean
  /** The secret alone is the user name of HTTP Basic. */
  readonly isSecretBasicUser?: boolean
  /** A client without a secret says who it is in the query, not in the body. */
  readonly hasPublicClientInQuery?: boolean
}

/** How the reply differs. Names are paths, such as `authed_user.access_token`. */
export interface ReplyShape {
  readonly refreshToken?: string
  readonly accessToken?: string
  /** Seconds from now. */
  readonly expiresIn?: string
  readonly expiresInMilliseconds?: string
  /** A time: seconds since 1970, or an ISO 8601 date. */
  readonly expiresAt?: string
  /** Seconds from now that the refresh token lives. */
  readonly refreshTokenExpiresIn?: string
  /** A time, as `expiresAt`. */
  readonly refreshTokenExpiresAt?: string
  /** A number that is 0 in a good reply and something else in an error. */
  readonly errorNumber?: string
  /** Good replies come with another status than 200. */
  readonly successStatus?: number
  /** Good replies have no `token_type`. */
  readonly hasNoTokenType?: boolean
  /** Codes that mean the same as `invalid_grant`. */
  readonly invalidGrantErrors?: readonly string[]
  /** Words in the description of any error that mean the same. */
  readonly invalidGrantDescriptions?: readonly string[]
  /** Codes that mean the same as `invalid_client`. */
  readonly clientErrors?: readonly string[]
  /** A status that says that the token is dead, when no OAuth error comes. */
  readonly invalidGrantStatuses?: readonly number[]
}
