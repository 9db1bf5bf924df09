import type { BoundKey } from './bound-keys'

/** A vote as an export proves it. Times are RFC 3339 where they stand in entries, `…At` numbers are epoch ms. */
export type VoteReport = {
  requestId: string
  voteId: string
  /** Of its entry in the stream of the request. */
  ordinal: number
  person: string
  choice: 'approve' | 'reject'
  method: string
  channel: string
  at: string
  reviewDigest: string
  /** What the voter's screen showed: another than `reviewDigest` only in a reject. */
  shownDigest: string | null
  contractDigest: string | null
  ticketOpenedAt: number | null
  /**
   * The key that signed exactly this vote; null = nobody signed it, it is the server's word. Whose key it is stands in the
   * trail: it proves the vote where its `leaf` is under a checkpoint (`isProven`).
   */
  signedBy: BoundKey | null
  /** What came of it afterwards. */
  ended: 'withdrawn' | 'replaced' | null
}

/** Whether a signed part of the log binds the key that signed the vote. */
export function isProven(
  { signedBy }: Pick<VoteReport, 'signedBy'>,
  { signedLeaves }: { signedLeaves: number },
): boolean {
  const leaf = signedBy?.leaf ?? null
  return leaf !== null && leaf < signedLeaves
}
