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
  /** The key that signed exactly this vote; null = nobody signed it, it is the server's word. */
  signedBy: BoundKey | null
  /** What came of it afterwards. */
  ended: 'withdrawn' | 'replaced' | null
}
