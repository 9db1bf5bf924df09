import { isJsonObject, type Json } from '../contract/json'
import { verifyVoteReceipt } from '../ticket/vote-receipt'
import type { HashedEntry } from './entry'
import type { BesideEntry, VoteCheck, VoteVerifier } from './export-check'

/** A passkey as a person's own stream tells of it. */
type BoundKey = { thumbprint: string; confirmedAt: number | null }

type Known = {
  /** By person, then by the factor's id. A removed passkey is not in it. */
  keys: Map<string, Map<string, BoundKey>>
  /** Tickets that are open, by stream. */
  open: Map<string, OpenTicket>
}

/** Epoch ms, and the nonces of the challenges that votes on it have signed. */
type OpenTicket = { openedAt: number; nonces: Set<string> }

const REQUEST = 'request:'
const PERSON = 'person:'
const CLOSING = /^request\.(?:released|rejected|denied|expired|cancelled|superseded)$/

/**
 * Verifies the votes of an export as it is read: the receipt beside each vote by passkey must be for exactly this ticket,
 * review and choice, signed once, by a key that the voter's own stream had added and confirmed before the ticket was
 * opened, and not removed. A vote by code is `unproven`: it is as good as the trail it stands in. Keep one for one export.
 */
export function createVoteVerifier(): VoteVerifier {
  const known: Known = { keys: new Map(), open: new Map() }
  return (entry, beside) => {
    if (entry.type === 'vote.cast') return checkVote(known, entry, beside)
    if (beside.receipt !== undefined) return { invalid: 'A receipt stands with what is no vote.' }
    learn(known, entry)
    return 'not_a_vote'
  }
}

function learn({ keys, open }: Known, entry: HashedEntry): void {
  const { stream, type } = entry
  if (stream.startsWith(PERSON)) {
    const person = stream.slice(PERSON.length)
    const own = keys.get(person) ?? new Map<string, BoundKey>()
    learnKey(own, person, entry)
    if (own.size > 0) keys.set(person, own)
    else keys.delete(person)
  } else if (type === 'ticket.opened') {
    open.set(stream, { openedAt: Date.parse(entry.at), nonces: new Set() })
  } else if (CLOSING.test(type)) {
    open.delete(stream)
  }
}

/** Whoever else adds a key to a person's stream does not make it that person's. */
function learnKey(own: Map<string, BoundKey>, person: string, entry: HashedEntry): void {
  const { type, body, actor } = entry
  const { kind, id, thumbprint } = body
  if (kind !== 'passkey' || typeof id !== 'string') return
  const isOwn = actor.kind === 'person' && actor.id === person
  if (type === 'factor.added' && isOwn && typeof thumbprint === 'string') {
    own.set(id, { thumbprint, confirmedAt: null })
  }
  const key = own.get(id)
  if (type === 'factor.confirmed' && key !== undefined) {
    own.set(id, { ...key, confirmedAt: Date.parse(entry.at) })
  }
  if (type === 'factor.removed') own.delete(id)
}

async function checkVote(
  known: Known,
  entry: HashedEntry,
  { issuer, receipt }: BesideEntry,
): Promise<VoteCheck> {
  const { stream, body } = entry
  const vote = readVote(entry)
  if (vote === undefined) return { invalid: 'It is not a vote as this product writes them.' }
  if (body['method'] !== 'passkey') {
    return receipt === undefined ? 'unproven' : { invalid: 'A vote by code has no receipt.' }
  }
  if (receipt === undefined) return { invalid: 'The receipt of the passkey is missing.' }
  const ticket = known.open.get(stream)
  if (ticket === undefined) return { invalid: 'The ticket was not open.' }
  const keys = [...(known.keys.get(vote.person)?.values() ?? [])]
    .filter(({ confirmedAt }) => confirmedAt !== null && confirmedAt < ticket.openedAt)
    .map(({ thumbprint }) => thumbprint)
  const at = Date.parse(entry.at)
  const verified = await verifyVoteReceipt(receipt, {
    ...vote,
    domain: issuer,
    origin: issuer,
    at,
    keys,
  })
  if (!verified.ok) return { invalid: verified.refusal.detail ?? 'The receipt does not verify.' }
  const nonce = nonceOf(receipt)
  if (verified.value.provenBy !== 'signature' || nonce === undefined) {
    return { invalid: 'The receipt is not one of a passkey.' }
  }
  if (ticket.nonces.has(nonce))
    return { invalid: 'What was signed was signed for an earlier vote.' }
  ticket.nonces.add(nonce)
  return 'verified'
}

function nonceOf(receipt: Json): string | undefined {
  const challenge = isJsonObject(receipt) ? receipt['challenge'] : undefined
  const nonce = isJsonObject(challenge) ? challenge['nonce'] : undefined
  return typeof nonce === 'string' ? nonce : undefined
}

/** A reject needs no fresh review, so what its voter signed is what their screen showed. */
function readVote({ stream, actor, body }: HashedEntry) {
  const { person, choice } = body
  const reviewDigest = body['shown_digest'] ?? body['review_digest']
  const isChoice = choice === 'approve' || choice === 'reject'
  const isOfVoter = typeof person === 'string' && actor.kind === 'person' && actor.id === person
  if (!isChoice || !isOfVoter || typeof reviewDigest !== 'string') return undefined
  if (choice === 'approve' && reviewDigest !== body['review_digest']) return undefined
  if (!stream.startsWith(REQUEST)) return undefined
  return { requestId: stream.slice(REQUEST.length), reviewDigest, choice, person } as const
}
