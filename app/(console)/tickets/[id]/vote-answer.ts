import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { Prose } from '#lib/wire/views-common'

/** Why a vote was not counted and what to do next; `fields` by the name of what was typed. */
export interface VoteRefused {
  ok: false
  title: string
  text: string | Prose
  fields?: Record<string, string>
}

/** What came of a vote. */
export type VoteAnswer =
  | { ok: true; deed: 'signed' | 'rejected' | 'withdrawn'; voteId: string | null }
  | VoteRefused

export type ChallengeAnswer =
  | { ok: true; value: PublicKeyCredentialRequestOptionsJSON }
  | VoteRefused
