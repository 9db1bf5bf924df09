import { base64url } from 'jose'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'
import type { PasskeyJwk } from '../ticket/assertion'
import { passkeyThumbprint, verifyVoteReceipt } from '../ticket/vote-receipt'
import { type BoundKey, createKeyBook, type KeyBook } from './bound-keys'
import type { HashedEntry } from './entry'
import type { BesideEntry, VoteCheck, VoteVerifier } from './export-check'
import type { VoteReport } from './vote-report'

type Known = {
  keys: KeyBook
  /** Requests that are not closed, by stream. */
  requests: Map<string, OpenRequest>
  onVote: ((vote: VoteReport) => void) | undefined
}

type OpenRequest = {
  contractDigest: string | null
  /** Epoch ms; null while no ticket is open. */
  openedAt: number | null
  /** Of the challenges that votes on it have signed. */
  nonces: Set<string>
  /** By vote id. */
  votes: Map<string, VoteReport>
}

const REQUEST = 'request:'
const CLOSING = /^request\.(?:released|rejected|denied|expired|cancelled|superseded)$/

/**
 * Verifies the votes of an export as it is read: the receipt beside each vote by passkey must be for exactly this ticket,
 * review and choice, signed once, by a key that the voter's own stream had added and confirmed before the ticket was
 * opened, and not removed. A vote by code is `unproven`: it is as good as the trail it stands in. So is one by a key whose
 * binding is not sealed, which anybody can have written. A release may count no other votes than those. Keep one for one export.
 * @param onVote told of each vote that holds, in the order of the export; later entries may still end it (`ended`)
 */
export function createVoteVerifier(onVote?: (vote: VoteReport) => void): VoteVerifier {
  const known: Known = { keys: createKeyBook(), requests: new Map(), onVote }
  return (entry, beside) => {
    if (entry.type === 'vote.cast') return checkVote(known, entry, beside)
    if (beside.receipt !== undefined) return { invalid: 'A receipt stands with what is no vote.' }
    return learn(known, entry, beside.leaf)
  }
}

function learn({ keys, requests }: Known, entry: HashedEntry, leaf: number | null): VoteCheck {
  const { stream, type, body } = entry
  keys.learn(entry, leaf)
  if (!stream.startsWith(REQUEST)) return 'not_a_vote'
  const request = requests.get(stream)
  if (type === 'request.submitted') {
    requests.set(stream, newRequest(textOrNull(body['contract_digest'])))
  } else if (type === 'ticket.opened') {
    const opened = request ?? newRequest(null)
    requests.set(stream, { ...opened, openedAt: Date.parse(entry.at) })
  } else if (type === 'vote.withdrawn') {
    const vote = request?.votes.get(String(body['vote_id']))
    if (vote) vote.ended = body['cause'] === 'replaced' ? 'replaced' : 'withdrawn'
  } else if (CLOSING.test(type)) {
    requests.delete(stream)
    const invalid = type === 'request.released' ? uncountable(request, body) : undefined
    if (invalid !== undefined) return { invalid }
  }
  return 'not_a_vote'
}

function newRequest(contractDigest: string | null): OpenRequest {
  return { contractDigest, openedAt: null, nonces: new Set(), votes: new Map() }
}

/** Why a release counts something that is no live approval in the trail. */
function uncountable(request: OpenRequest | undefined, body: JsonObject): string | undefined {
  const counted = body['approvals']
  if (!Array.isArray(counted)) return 'The release does not say which approvals it counts.'
  const isThere = counted.every((approval) => {
    if (!isJsonObject(approval)) return false
    const vote = request?.votes.get(String(approval['vote_id']))
    return (
      vote?.choice === 'approve' &&
      vote.ended === null &&
      vote.person === approval['person'] &&
      vote.method === approval['method'] &&
      vote.channel === approval['channel'] &&
      vote.at === approval['at']
    )
  })
  return isThere
    ? undefined
    : 'The release counts an approval that nobody gave, or that was taken back.'
}

async function checkVote(
  known: Known,
  entry: HashedEntry,
  beside: BesideEntry,
): Promise<VoteCheck> {
  const vote = readVote(entry)
  if (vote === undefined) return { invalid: 'It is not a vote as this product writes them.' }
  const request = known.requests.get(entry.stream)
  if (vote.method !== 'passkey') {
    if (beside.receipt !== undefined) return { invalid: 'A vote by code has no receipt.' }
    tell(known, request, reportOf(entry, vote, request))
    return 'unproven'
  }
  if (beside.receipt === undefined) return { invalid: 'The receipt of the passkey is missing.' }
  if (!request || request.openedAt === null) return { invalid: 'The ticket was not open.' }
  const at = Date.parse(entry.at)
  const key = await checkReceipt(known, { ...vote, at, openedAt: request.openedAt }, beside)
  if ('invalid' in key) return key
  const nonce = nonceOf(beside.receipt)
  if (request.nonces.has(nonce)) {
    return { invalid: 'What was signed was signed for an earlier vote.' }
  }
  request.nonces.add(nonce)
  tell(known, request, { ...reportOf(entry, vote, request), signedBy: key })
  return key.leaf === null ? 'unproven' : { boundAt: key.leaf }
}

/** @returns the key of the voter that signed, or why it does not hold */
async function checkReceipt(
  { keys }: Known,
  vote: Vote & { at: number; openedAt: number },
  { issuer, receipt }: BesideEntry,
): Promise<BoundKey | { invalid: string }> {
  const bound = keys.confirmedBefore(vote.person, vote.openedAt)
  const verified = await verifyVoteReceipt(receipt, {
    requestId: vote.requestId,
    reviewDigest: vote.shownDigest ?? vote.reviewDigest,
    choice: vote.choice,
    person: vote.person,
    domain: issuer,
    origin: issuer,
    at: vote.at,
    keys: bound.map(({ thumbprint }) => thumbprint),
  })
  if (!verified.ok) return { invalid: verified.refusal.detail ?? 'The receipt does not verify.' }
  const isSigned = verified.value.provenBy === 'signature'
  const thumbprint = isSigned ? await thumbprintOf(receipt) : null
  const key = bound.find((one) => one.thumbprint === thumbprint)
  if (key === undefined) return { invalid: 'The receipt is not one of a passkey.' }
  return isExact(receipt, key) ? key : { invalid: 'The receipt is not as it was written.' }
}

const RECEIPT_MEMBERS =
  'authenticator_data,challenge,client_data_json,credential_id,public_key,signature,type,v'
const ENCODED = ['authenticator_data', 'client_data_json', 'signature']

/** Nothing in it is left over, and nothing has another spelling: each byte of a receipt proves something. */
function isExact(receipt: JsonObject | undefined, { credentialId }: BoundKey): boolean {
  const members = Object.keys(receipt ?? {})
    .sort()
    .join()
  const isOnce = ENCODED.every((name) => {
    const text = String(receipt?.[name])
    return base64url.encode(base64url.decode(text)) === text
  })
  return members === RECEIPT_MEMBERS && isOnce && receipt?.['credential_id'] === credentialId
}

function tell(known: Known, request: OpenRequest | undefined, vote: VoteReport): void {
  request?.votes.set(vote.voteId, vote)
  known.onVote?.(vote)
}

/** The receipt has verified, so the key in it is one: that is what the cast says. */
async function thumbprintOf(receipt: JsonObject | undefined): Promise<string | null> {
  const key = receipt?.['public_key']
  return isJsonObject(key) ? await passkeyThumbprint(key as unknown as PasskeyJwk) : null
}

function nonceOf(receipt: Json): string {
  const challenge = isJsonObject(receipt) ? receipt['challenge'] : undefined
  const nonce = isJsonObject(challenge) ? challenge['nonce'] : undefined
  return String(nonce)
}

type Vote = NonNullable<ReturnType<typeof readVote>>

/** A reject needs no fresh review, so what its voter signed is what their screen showed. */
function readVote({ stream, actor, body }: HashedEntry) {
  const { person, choice, method, channel } = body
  const voteId = body['vote_id']
  const reviewDigest = body['review_digest']
  const shownDigest = textOrNull(body['shown_digest'])
  const isChoice = choice === 'approve' || choice === 'reject'
  const isOfVoter = typeof person === 'string' && actor.kind === 'person' && actor.id === person
  if (!isChoice || !isOfVoter || typeof reviewDigest !== 'string') return undefined
  if (typeof method !== 'string' || typeof channel !== 'string' || typeof voteId !== 'string') {
    return undefined
  }
  if (choice === 'approve' && (shownDigest ?? reviewDigest) !== reviewDigest) return undefined
  if (!stream.startsWith(REQUEST)) return undefined
  const requestId = stream.slice(REQUEST.length)
  return { requestId, voteId, reviewDigest, shownDigest, choice, person, method, channel } as const
}

function reportOf(entry: HashedEntry, vote: Vote, request: OpenRequest | undefined): VoteReport {
  return {
    ...vote,
    ordinal: entry.ordinal,
    at: entry.at,
    contractDigest: request?.contractDigest ?? null,
    ticketOpenedAt: request?.openedAt ?? null,
    signedBy: null,
    ended: null,
  }
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null
}
