import type { Json } from '../contract/json'
import type { HashedEntry } from './entry'

/** A passkey as a person's own stream tells of it. Times are epoch ms. */
export type BoundKey = {
  /** Id of the factor. */
  id: string
  /** RFC 7638 thumbprint of the public key. */
  thumbprint: string
  /** base64url */
  credentialId: string | null
  /** Entry of the person's stream that binds it, and when it was written. */
  ordinal: number
  addedAt: number
  confirmedAt: number | null
  confirmedBy: string | null
  /** `second_human`, `own_factor`, …: who may confirm here, as the entry says. */
  control: string | null
  /** The later leaf of the two entries; null while one of them has none, so that anybody can have written it. */
  leaf: number | null
}

/** The passkeys that are bound to people so far. */
export type KeyBook = {
  learn: (entry: HashedEntry, leaf: number | null) => void
  /** A person's keys, not removed, that were confirmed before this time (epoch ms). */
  confirmedBefore: (person: string, at: number) => BoundKey[]
}

const PERSON = 'person:'

export function createKeyBook(): KeyBook {
  /** By person, then by the factor's id. A removed passkey is not in it. */
  const people = new Map<string, Map<string, BoundKey>>()
  return {
    learn: (entry, leaf) => {
      if (!entry.stream.startsWith(PERSON)) return
      const person = entry.stream.slice(PERSON.length)
      const own = people.get(person) ?? new Map<string, BoundKey>()
      learnKey(own, person, entry, leaf)
      if (own.size > 0) people.set(person, own)
      else people.delete(person)
    },
    confirmedBefore: (person, at) =>
      [...(people.get(person)?.values() ?? [])].filter(
        ({ confirmedAt }) => confirmedAt !== null && confirmedAt < at,
      ),
  }
}

/** Whoever else adds a key to a person's stream does not make it that person's. */
function learnKey(
  own: Map<string, BoundKey>,
  person: string,
  entry: HashedEntry,
  leaf: number | null,
): void {
  const { type, body, actor, ordinal } = entry
  const { kind, id, thumbprint } = body
  if (kind !== 'passkey' || typeof id !== 'string') return
  const at = Date.parse(entry.at)
  const isOwn = actor.kind === 'person' && actor.id === person
  if (type === 'factor.added' && isOwn && typeof thumbprint === 'string') {
    const unconfirmed = { confirmedAt: null, confirmedBy: null, control: null }
    const credentialId = textOrNull(body['credential_id'])
    own.set(id, { id, thumbprint, credentialId, ordinal, addedAt: at, leaf, ...unconfirmed })
  }
  const key = own.get(id)
  if (type === 'factor.confirmed' && key !== undefined) {
    const control = textOrNull(body['control'])
    const confirmed = { confirmedAt: at, confirmedBy: actor.id ?? null, control }
    own.set(id, { ...key, ...confirmed, leaf: key.leaf === null ? null : leaf })
  }
  if (type === 'factor.removed') own.delete(id)
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
