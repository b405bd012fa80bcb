/** How a vendor wants to be asked. */
export interface Demands {
  /** The whole URL without a query; requests are always POST. */
  readonly url: string
  readonly credentials:
    | 'HTTP Basic'
    | 'HTTP Basic, the secret as user name'
    | 'in the body'
    | 'client_id in the body'
    | 'client_id in the query'
    | 'PRIVATE-TOKEN'
    | 'none'
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
  /** `in-doubt` where the vendor does not say it clearly enough. */
  readonly kind: 'dead' | 'in-doubt'
}

/**
 * What one vendor's documentation, source code or client libraries say, written
 * down without a look at the provider.
 */
export interface VendorShape {
  readonly id: string
  readonly sources: readonly string[]
  /** What the user has to fill in. */
  readonly fill?: Readonly<Record<string, string>>
  /** What the user has to add to the request. */
  readonly add?: readonly [name: string, value: string][]
  readonly demands: Demands
  readonly good: GoodReply
  readonly bad: BadReply
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
    kind: 'dead',
    status,
    body: {
      error: 'invalid_grant',
      ...(description !== undefined && { error_description: description }),
      ...besides,
    },
  }
}
