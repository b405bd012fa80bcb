import type { Fields } from './fields.ts'
import type { KnownAccessToken, Life } from './record.ts'

/** What the record and the journal have in common, read back from what is written. */

/** A fingerprint, a salt or a nonce. */
const word = /^[\w-]{1,64}$/
/** As {@link SecretPlace.id} has it; the name of an environment may be anything. */
const place = /^[^\p{Cc}]{1,600}$/u

/** @throws TypeError, as all of these do */
export function readWord(fields: Fields, name: string): string {
  return fields.text(name, word)
}

export function readWords(fields: Fields, name: string): string[] {
  return fields.texts(name, word)
}

export function readPlaces(fields: Fields, name: string): string[] {
  return fields.texts(name, place)
}

export function readKnownAccessToken(fields: Fields): KnownAccessToken {
  return {
    fingerprint: readWord(fields, 'fingerprint'),
    expiresAt: fields.date('expiresAt'),
  }
}

export function readLife(fields: Fields): Life {
  return {
    since: fields.date('since'),
    expiresAt: fields.date('expiresAt'),
    isAbsolute: fields.boolean('isAbsolute'),
  }
}
