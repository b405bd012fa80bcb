import type { SecretMetadata } from './ports.ts'
import { later } from './record/record.ts'

/** What a run has seen before it decides. */
export interface Readings {
  readonly secret: SecretMetadata | 'missing'
  readonly runCreatedAt: Date | undefined
}

/**
 * The last write before this run. Reads may lag, and a later one then shows an older
 * write as new; a write older than this read is not new.
 */
export function lastWriteIn({ secret }: Pick<Readings, 'secret'>): Date {
  if (secret === 'missing') return new Date(0)
  const second = Math.floor(secret.readAt.getTime() / 1000)
  return later(secret.updatedAt, new Date((second - 1) * 1000))
}

/** Only protects somebody else's write, so it may fail. */
export async function look(
  inspection: Promise<SecretMetadata | 'missing'>,
): Promise<SecretMetadata | undefined> {
  try {
    const metadata = await inspection
    return metadata === 'missing' ? undefined : metadata
  } catch {
    return undefined
  }
}
