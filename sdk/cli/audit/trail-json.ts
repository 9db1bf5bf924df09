import type { TrailCheck } from '../../../lib/core/audit/verify-trail'
import { isProven, type VoteReport } from '../../../lib/core/audit/vote-report'
import type { JsonObject } from '../../../lib/core/contract/json'

/** What verifying found, for machines. Members are snake_case, times RFC 3339; `ok` says whether everything holds. */
export function trailJson(check: TrailCheck): JsonObject {
  if (!check.ok) return { ok: false, bad: { ...check.bad } as JsonObject }
  const { summary, votes, token } = check
  const { header } = summary
  return {
    ok: true,
    request: header.record?.request ?? null,
    issuer: header.issuer,
    origin: header.origin,
    entries: summary.entries,
    unsealed: summary.unsealed,
    withheld: header.record ? summary.gaps : summary.withheld,
    leaves: summary.leaves,
    checkpoints: summary.checkpoints,
    last_checkpoint: summary.lastCheckpoint,
    keys_pinned: summary.keysPinned,
    tail_protected: summary.tailProtected,
    documents: [...summary.documents],
    votes_proven: summary.votes?.verified ?? 0,
    votes_by_trail: summary.votes?.unproven ?? 0,
    votes: votes.map((vote) => voteJson(vote, summary, header.record?.names ?? {})),
    token: token && { kid: token.kid, use: token.use, claims: { ...token.claims } as never },
  }
}

function voteJson(
  vote: VoteReport,
  signed: { signedLeaves: number },
  names: Record<string, string>,
): JsonObject {
  const { signedBy: key } = vote
  return {
    request: vote.requestId,
    vote_id: vote.voteId,
    entry: vote.ordinal,
    person: vote.person,
    name_as_told: Object.hasOwn(names, vote.person) ? (names[vote.person] ?? null) : null,
    choice: vote.choice,
    method: vote.method,
    channel: vote.channel,
    at: vote.at,
    review_digest: vote.reviewDigest,
    shown_digest: vote.shownDigest,
    contract_digest: vote.contractDigest,
    ticket_opened_at: timeOf(vote.ticketOpenedAt),
    ended: vote.ended,
    proven_by: isProven(vote, signed) ? 'signature' : 'trail',
    key: key && {
      thumbprint: key.thumbprint,
      factor: key.id,
      added_at: timeOf(key.addedAt),
      confirmed_at: timeOf(key.confirmedAt),
      confirmed_by: key.confirmedBy,
      control: key.control,
    },
  }
}

function timeOf(at: number | null): string | null {
  return at === null || Number.isNaN(at) ? null : new Date(at).toISOString()
}
