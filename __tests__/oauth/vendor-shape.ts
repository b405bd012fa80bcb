/** What one refresh request proves the client with. */
export type Credentials =
  | 'HTTP Basic'
  | 'HTTP Basic, the secret as user name'
  | 'in the body'
  | 'client_id in the body'
  | 'client_id in the query'
  | 'an assertion, signed with a key'
  | 'an assertion, signed with the secret'
  | 'an ID token'
  | 'a certificate'
  | 'PRIVATE-TOKEN'
  | 'none'

/** How a vendor wants to be asked. */
export interface Demands {
  /** The whole URL without a query; requests are always POST. */
  readonly url: string
  /** The URL is that of the issuer, whose metadata name the endpoint. */
  readonly isDiscovered?: true
  /** Any of them will do; the first one is what the vendor shows. */
  readonly credentials: readonly [Credentials, ...Credentials[]]
  readonly format: 'form' | 'json' | 'query and form'
  /** What stands in body or query besides grant, token and client. */
  readonly parameters?: Readonly<Record<string, string | boolean>>
}

export interface Reply {
  readonly status: number
  /** An object is sent as JSON, a string as it is. */
  readonly body: unknown
}

export interface GoodReply extends Reply {
  /** What must have been understood; no refresh token: the old one stays. */
  readonly refreshToken?: string
  readonly expiresIn?: number
  readonly refreshTokenLives?: number
  /** What is told about it all the same; left out: nothing. */
  readonly defects?: readonly string[]
}

export interface BadReply extends Reply {
  /** `indeterminate` where the vendor does not say it clearly enough. */
  readonly kind: 'invalid-grant' | 'indeterminate'
}

/** One way to refresh: what is asked, and how that is answered. */
export interface Exchange {
  /** What the user has to fill in. */
  readonly fill?: Readonly<Record<string, string>>
  /** What the user has to add to the request. */
  readonly add?: readonly [name: string, value: string][]
  readonly demands: Demands
  readonly good: GoodReply
  readonly bad: BadReply
}

/** A month has 30 days, a year has 365. */
export type Duration =
  `${number} ${'second' | 'minute' | 'hour' | 'day' | 'month' | 'year'}${'' | 's'}`

/** What the vendor says of refresh tokens; left out: it does not say. */
export interface RefreshTokens {
  /** Whether a refresh brings a new one. */
  readonly renewal?: 'always' | 'sometimes' | 'never' | 'as configured'
  /** What becomes of the one that was presented; a time: it works for so long. */
  readonly old?:
    | 'dies'
    | 'lives on'
    | 'lives until something new is used'
    | 'as configured'
    | Duration
  /** It ends when it is not used for so long. */
  readonly endsUnused?: Duration
  /** It ends after so long, whatever is done with it. */
  readonly ends?: Duration
}

/**
 * What one vendor's documentation, source code or client libraries say, in the
 * vendor's words and written down without a look at the file in
 * src/oauth/providers/ that is tested with it. The comment above it says where and
 * when they were read.
 */
export interface VendorShape {
  readonly refreshTokens: RefreshTokens
  /** It does not say how clients prove who they are; RFC 6749 does. */
  readonly leavesCredentialsOpen?: true
  /** Where it is found besides the addresses of the exchanges. */
  readonly otherAddresses?: readonly {
    readonly fill: Readonly<Record<string, string>>
    readonly url: string
  }[]
  readonly exchanges: readonly [Exchange, ...Exchange[]]
}

/** A reply with a new pair, in the words of RFC 6749 section 5.1. */
export function newPair(
  expiresIn?: number,
  besides: Readonly<Record<string, unknown>> = {},
): GoodReply {
  const refreshToken = 'new-refresh-token'
  return {
    ...accessOnly(expiresIn, { refresh_token: refreshToken, ...besides }),
    refreshToken,
  }
}

/** A reply without a refresh token: the old one stays in force. */
export function accessOnly(
  expiresIn?: number,
  besides: Readonly<Record<string, unknown>> = {},
): GoodReply {
  return {
    status: 200,
    body: {
      access_token: 'new-access-token',
      token_type: 'Bearer',
      ...(expiresIn !== undefined && { expires_in: expiresIn }),
      ...besides,
    },
    ...(expiresIn !== undefined && { expiresIn }),
  }
}

/**
 * RFC 6749 section 5.2. Used wherever the vendor's own words were not found: it is
 * what every one of them claims to follow.
 */
export function invalidGrant(
  description?: string,
  besides: Readonly<Record<string, unknown>> = {},
  status = 400,
): BadReply {
  return {
    kind: 'invalid-grant',
    status,
    body: {
      error: 'invalid_grant',
      ...(description !== undefined && { error_description: description }),
      ...besides,
    },
  }
}
