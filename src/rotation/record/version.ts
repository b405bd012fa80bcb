import type { LaneKey, TokenKeys } from '../tokens/token-keys.ts'
import {
  escrow as readEscrow,
  readFields,
  readUnverified,
  type Unverified,
} from './record-description.ts'
import type { Escrow, RotationRecord } from './record.ts'
import {
  VERSION,
  type StoredVersion,
  type VersionContent,
} from './stored-version.ts'

/**
 * Signs a state with the key of its current token, at this place of the chain: put
 * elsewhere, it is not authentic.
 *
 * @param parent the version that it is going to replace
 */
export function signVersion(
  record: RotationRecord,
  parent: string | undefined,
  { state }: LaneKey,
): VersionContent {
  const content = { version: VERSION, ...record } as const
  const mac = state.authenticate(messageOf(parent, content))
  return { ...content, mac }
}

/**
 * A sealed copy alone: it needs no key, since it authenticates itself, and it takes the
 * record from nobody.
 */
export function escrowVersion(escrow: Escrow): VersionContent {
  return { version: VERSION, escrow }
}

/** The state, if the key's holder wrote it, here. The escrow in it is not covered. */
export function openState(
  { content, parent }: StoredVersion,
  { id, state }: LaneKey,
): RotationRecord | undefined {
  const fields = fieldsOf(content)
  if (fields?.['version'] !== VERSION) return undefined
  const { mac } = fields
  if (typeof mac !== 'string' || fields['current'] !== id) return undefined
  try {
    const { escrow: _escrow, ...state_ } = fields
    return state.isAuthentic(messageOf(parent, fields), mac)
      ? readFields(state_)
      : undefined
  } catch {
    return undefined
  }
}

/** Whether it claims to be a state: more than a sealed copy. */
export function holdsState({ content }: StoredVersion): boolean {
  const fields = fieldsOf(content)
  return (
    fields === undefined ||
    Object.keys(fields).some((name) => name !== 'version' && name !== 'escrow')
  )
}

export function unverifiedIn({ content }: StoredVersion): Unverified {
  return readUnverified(fieldsOf(content) ?? {})
}

/** The successor of a token, as its holder sealed it. */
export interface Heir {
  readonly escrow: Escrow
  readonly lane: LaneKey
}

export function makeEscrow(
  copy: Omit<Escrow, 'next'>,
  keys: TokenKeys,
  successor: LaneKey,
): Escrow {
  return { ...copy, next: keys.sealHeir(successor.state, copy) }
}

export function openHeir(
  { content }: StoredVersion,
  keys: TokenKeys,
): Heir | undefined {
  const given = fieldsOf(content)?.['escrow']
  if (given === undefined) return undefined
  try {
    return openEscrow(readEscrow(given), keys)
  } catch {
    return undefined
  }
}

export function openEscrow(escrow: Escrow, keys: TokenKeys): Heir | undefined {
  const { next, ...copy } = escrow
  const state = keys.openHeir(next, copy)
  return state && { escrow, lane: { id: escrow.token, state } }
}

/** What is authenticated: all but the escrow and the code itself, at this place. */
function messageOf(parent: string | undefined, content: object): object {
  const { escrow: _escrow, mac: _mac, ...signed } = content as Fields
  return { purpose: 'state', parent: parent ?? '', signed }
}

type Fields = Readonly<Record<string, unknown>>

function fieldsOf(content: unknown): Fields | undefined {
  return typeof content === 'object' &&
    content !== null &&
    !Array.isArray(content)
    ? (content as Fields)
    : undefined
}
