'use client'

import { useState } from 'react'
import type { VoteAnswer, VoteRefused } from '../(console)/tickets/[id]/vote-answer'

export type VoteDeed = 'passkey' | 'code' | 'reject' | 'withdraw'

export interface OneDeed {
  /** What is under way; one at a time. */
  deed: VoteDeed | null
  /** What came of the last one. */
  answer: VoteAnswer | null
  /** `work` answers null when nothing was sent. */
  run: (name: VoteDeed, work: () => Promise<VoteAnswer | null>) => Promise<void>
  /** Forgets what came of the last one. */
  clear: () => void
}

/** The connection broke before the vote itself was sent. */
export const NOT_SENT: VoteRefused = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'Nothing was sent and nothing was counted. Check the connection, then try again.',
}

const NO_ANSWER: VoteRefused = {
  ok: false,
  title: 'It is not known whether your vote was counted',
  text: 'It was sent, and the connection broke before an answer came. Load the page again: it shows every vote that was counted.',
  isUnknown: true,
}

/** Does one thing at a time with a vote, whoever does it and however, and keeps what came of it. */
export function useOneDeed(onAnswer: (answer: VoteAnswer) => void): OneDeed {
  const [deed, setDeed] = useState<VoteDeed | null>(null)
  const [answer, setAnswer] = useState<VoteAnswer | null>(null)
  return {
    deed,
    answer,
    run: async (name, work) => {
      if (deed !== null) return
      setDeed(name)
      setAnswer(null)
      const came = await work().catch(() => NO_ANSWER)
      setAnswer(came)
      setDeed(null)
      if (came) onAnswer(came)
    },
    clear: () => setAnswer(null),
  }
}
