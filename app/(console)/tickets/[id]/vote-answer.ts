import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server'
import type { Prose } from '#lib/wire/views/common'
import type { VoteResultView } from '#lib/wire/views/vote'

/** Why a vote was not counted and what to do next; `fields` by the name of what was typed. */
export interface VoteRefused {
  ok: false
  title: string
  text: string | Prose
  fields?: Record<string, string>
  /** It was sent, and no answer came: the page itself shows whether it was counted. */
  isUnknown?: true
}

/** What came of a vote. */
export type VoteAnswer =
  | {
      ok: true
      deed: 'signed' | 'rejected' | 'withdrawn'
      voteId: string | null
      result: VoteResultView
    }
  | VoteRefused

export type ChallengeAnswer =
  | { ok: true; value: PublicKeyCredentialRequestOptionsJSON }
  | VoteRefused
