import { VOTE_CHALLENGE_MS } from '#lib/core/ticket/vote-challenge'
import type { Db } from '#lib/db/client'
import type { Span } from './read-counts'

/** Of one person, this many of the newest votes are looked at. */
export const MOST_VOTES_READ = 2_000
const MOST_APPROVERS = 50
/** A vote this soon leaves hardly time to read a contract. */
export const QUICK_MS = 10_000

export interface ApproverRow {
  name: string
  votes: number
  approvals: number
  /** Median from the ticket's opening to the vote. */
  waitMs: number
  /** Votes less than QUICK_MS after the ticket opened. */
  soonAfterOpening: number
  /** Approvals less than QUICK_MS after the same person's vote on another ticket. */
  soonAfterOwn: number
  passkeyVotes: number
  /** Median from asking for the passkey to the vote; null where none was signed with one. */
  signingMs: number | null
}

const milliseconds = (from: string, to: string) =>
  `(extract(epoch FROM ${to} - ${from}) * 1000)::float8`

/** Each person's votes by the index of their votes by time (votes_person_id_at_idx). */
const APPROVERS = `
SELECT p.name, t.* FROM people p CROSS JOIN LATERAL (
  SELECT count(*)::int AS votes, count(*) FILTER (WHERE choice = 'approve')::int AS approvals,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY wait) AS "waitMs",
    count(*) FILTER (WHERE wait < ${QUICK_MS})::int AS "soonAfterOpening",
    count(*) FILTER (WHERE choice = 'approve' AND gap < ${QUICK_MS} AND request_id <> before)::int AS "soonAfterOwn",
    count(signing)::int AS "passkeyVotes", percentile_cont(0.5) WITHIN GROUP (ORDER BY signing) AS "signingMs"
  FROM (
    SELECT v.choice, v.request_id, ${milliseconds('r.opened_at', 'v.at')} AS wait,
      ${milliseconds('lag(v.at) OVER mine', 'v.at')} AS gap, lag(v.request_id) OVER mine AS before,
      CASE WHEN v.method = 'passkey' THEN ${milliseconds("(v.receipt #>> '{challenge,expires_at}')::timestamptz", 'v.at')} + ${VOTE_CHALLENGE_MS} END AS signing
    FROM (SELECT id, request_id, choice, method, receipt, at FROM votes
      WHERE person_id = p.id AND at >= $1::timestamptz AND at < $2::timestamptz ORDER BY at DESC LIMIT ${MOST_VOTES_READ}) v
    JOIN requests r ON r.id = v.request_id AND r.opened_at IS NOT NULL
    WINDOW mine AS (ORDER BY v.at, v.id)) looked
) t WHERE t.votes > 0 ORDER BY t.votes DESC, p.name, p.id LIMIT ${MOST_APPROVERS}`

/** Who voted, how much and how fast; the busiest first. */
export function readApprovers(db: Db, { from, to }: Span): Promise<ApproverRow[]> {
  return db.$queryRawUnsafe<ApproverRow[]>(APPROVERS, from, to)
}
