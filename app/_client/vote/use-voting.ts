'use client'

import { approve, reject, startApproval, withdraw } from '../../(console)/tickets/[id]/vote-actions'
import type { VoteAnswer } from '../../(console)/tickets/[id]/vote-answer'
import { type CeremonyFault, useCeremony } from '../proof/use-ceremony'
import { NOT_SENT, useOneDeed, type VoteDeed } from '../use-one-deed'

export interface Voting {
  /** What is under way; one at a time. */
  deed: VoteDeed | null
  /** The browser's passkey prompt is open. */
  isAsking: boolean
  /** What came of the last one. */
  answer: VoteAnswer | null
  fault: CeremonyFault | null
  byPasskey: () => Promise<void>
  byCode: (form: FormData) => Promise<void>
  reject: (form: FormData) => Promise<void>
  withdraw: () => Promise<void>
  /** Forgets what came of the last one. */
  clear: () => void
}

/**
 * The ways to vote from a page, for the review that it showed.
 *
 * @param reviewDigest of what the person in front of the page has seen
 */
export function useVoting(
  requestId: string,
  reviewDigest: string,
  onAnswer: (answer: VoteAnswer) => void,
): Voting {
  const ceremony = useCeremony()
  const { deed, answer, run, clear } = useOneDeed(onAnswer)

  /** null: the prompt gave nothing, and the ceremony says why. */
  async function signByPasskey(): Promise<VoteAnswer | null> {
    const started = await startApproval(requestId, reviewDigest).catch(() => NOT_SENT)
    if (!started.ok) return started
    const assertion = await ceremony.ask(started.value)
    if (!assertion) return null
    return await approve(requestId, { reviewDigest, proof: { kind: 'passkey', assertion } })
  }

  return {
    deed,
    isAsking: ceremony.isAsking,
    answer,
    fault: ceremony.fault,
    byPasskey: () => run('passkey', signByPasskey),
    byCode: (form) => {
      const proof = { kind: 'totp', code: form.get('code') }
      return run('code', () => approve(requestId, { reviewDigest, proof }))
    },
    reject: (form) => {
      const vote = { reviewDigest, reason: form.get('reason'), note: form.get('note') }
      return run('reject', () => reject(requestId, vote))
    },
    withdraw: () => run('withdraw', () => withdraw(requestId)),
    clear,
  }
}
