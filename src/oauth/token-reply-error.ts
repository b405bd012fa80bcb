import type { Quote } from '../rotation/outcome/foreign-text.ts'
import type { ReplyShape } from './provider.ts'
import {
  at,
  isFields,
  nonEmptyString,
  type Fields,
  type ReplyText,
} from './token-reply-text.ts'
import { salvage } from './token-search.ts'

export interface ReplyError {
  /** Whether it reports an error in any way. */
  readonly isError: boolean
  readonly code?: string
  readonly description?: string
}

/** Texts are cut for display anyway; a megabyte is not worth searching. */
const MAX_CHARACTERS = 1000

/**
 * Names of `invalid_grant` that concern the refresh token itself: none is temporary.
 */
const invalidGrantErrors: readonly string[] = [
  'invalid_grant',
  'bad_refresh_token', // GitHub, HubSpot
  'invalid_refresh_token', // Slack
  'refresh_token_already_used', // Supabase
  'refresh_token_expired', // OpenAI
  'refresh_token_invalidated', // OpenAI
  'refresh_token_not_found', // Supabase
  'refresh_token_reused', // OpenAI
]

const clientErrors: readonly string[] = [
  'invalid_client',
  'incorrect_client_credentials', // GitHub
]

/** Finds the error in any of the forms that servers use. */
export function readError(
  { text, fields }: ReplyText,
  shape: ReplyShape,
): ReplyError {
  if (fields === undefined) {
    // Not enough to judge by, but enough not to call it a success.
    const isError =
      salvage(text, 'error', () => false) !== undefined ||
      salvage(text, 'errcode', () => false) !== undefined ||
      /"(?:ok|success)"\s*:\s*false\b/.test(text)
    return { isError }
  }
  const { error, errors } = fields
  const entry: unknown = Array.isArray(errors) ? errors[0] : errors
  const inner = isFields(error) ? error : isFields(entry) ? entry : undefined
  const matrix = nonEmptyString(fields['errcode'])
  const code =
    matrix ??
    nonEmptyString(error) ??
    innerCode(inner) ??
    nonEmptyString(entry) ??
    nonEmptyString(fields['error_code']) ??
    nonEmptyString(fields['code']) ??
    nonEmptyString(fields['status'])
  const description =
    nonEmptyString(fields['error_description']) ??
    (matrix === undefined ? undefined : nonEmptyString(error)) ??
    innerDescription(inner) ??
    nonEmptyString(fields['reason']) ??
    nonEmptyString(fields['message']) ??
    nonEmptyString(fields['msg']) ??
    nonEmptyString(fields['detail'])
  const number = shape.errorNumber && at(fields, shape.errorNumber)
  return {
    isError:
      isThere(error) ||
      isThere(errors) ||
      matrix !== undefined ||
      fields['ok'] === false ||
      fields['success'] === false ||
      (typeof number === 'number' && number !== 0),
    ...(code !== undefined && { code: code.slice(0, MAX_CHARACTERS) }),
    ...(description !== undefined && {
      description: description.slice(0, MAX_CHARACTERS),
    }),
  }
}

/** `null`, `""`, `{}`, `[]`, `0` and `false` mean that there is no error. */
function isThere(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : Boolean(value)
}

function innerCode(inner: Fields | undefined): string | undefined {
  if (inner === undefined) return undefined
  const resource = nonEmptyString(inner['resource'])
  const code = nonEmptyString(inner['code'])
  // Strava: the code alone, `invalid`, does not say what is invalid.
  if (resource !== undefined && code !== undefined) return `${resource} ${code}`
  return (
    code ??
    nonEmptyString(inner['errorType']) ??
    nonEmptyString(inner['error']) ??
    nonEmptyString(inner['type'])
  )
}

function innerDescription(inner: Fields | undefined): string | undefined {
  return (
    nonEmptyString(inner?.['message']) ??
    nonEmptyString(inner?.['error_description']) ??
    nonEmptyString(inner?.['detail'])
  )
}

/** Whether the refresh token is no longer accepted, for good. */
export function isInvalidGrant(
  { code, description = '' }: ReplyError,
  shape: ReplyShape,
): boolean {
  const lower = description.toLowerCase()
  return (
    isOneOf(code, [
      ...invalidGrantErrors,
      ...(shape.invalidGrantErrors ?? []),
    ]) ||
    (shape.invalidGrantDescriptions ?? []).some((words) =>
      lower.includes(words.toLowerCase()),
    )
  )
}

/** Whether it refuses the client, before looking at the refresh token. */
export function isClientError(
  { code }: ReplyError,
  shape: ReplyShape,
): boolean {
  return isOneOf(code, [...clientErrors, ...(shape.clientErrors ?? [])])
}

function isOneOf(code: string | undefined, codes: readonly string[]): boolean {
  const lower = code?.toLowerCase()
  return codes.some((one) => one.toLowerCase() === lower)
}

/** The error in the server's words, as far as they may be shown. */
export function describeError(
  { code, description }: ReplyError,
  fields: Fields | undefined,
  quote: Quote,
): string[] {
  const codes: unknown = fields?.['error_codes']
  const numbers = (Array.isArray(codes) ? (codes as unknown[]) : [])
    .slice(0, 5)
    .filter(Number.isSafeInteger)
  return [
    ...(code === undefined ? [] : [quote(code)]),
    ...(numbers.length === 0 ? [] : [`(${numbers.join(', ')})`]),
    ...(description === undefined ? [] : [`("${quote(description)}")`]),
  ]
}
