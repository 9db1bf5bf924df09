'use client'

import { useCeremony } from '../../_client/proof/use-ceremony'
import { NOT_SENT, useOneDeed } from '../../_client/use-one-deed'
import type { Voting } from '../../_client/vote/use-voting'
import type { ChallengeAnswer, VoteAnswer } from '../../(console)/tickets/[id]/vote-answer'
import { approveByPass, rejectByPass, startApprovalByPass, startRejectByPass } from './pass-actions'

type PassVoting = Pick<
  Voting,
  'deed' | 'isAsking' | 'answer' | 'fault' | 'byPasskey' | 'reject' | 'clear'
>

/** Both ways to vote by a pass: each is one passkey ceremony, which says who votes. */
export function usePassVoting(
  requestId: string,
  reviewDigest: string,
  onAnswer: (answer: VoteAnswer) => void,
): PassVoting {
  const ceremony = useCeremony()
  const { deed, answer, run, clear } = useOneDeed(onAnswer)

  /** null: the prompt gave nothing, and the ceremony says why. */
  async function sign(
    started: ChallengeAnswer,
    send: (assertion: unknown) => Promise<VoteAnswer>,
  ): Promise<VoteAnswer | null> {
    if (!started.ok) return started
    const assertion = await ceremony.ask(started.value)
    return assertion && (await send(assertion))
  }

  return {
    deed,
    isAsking: ceremony.isAsking,
    answer,
    fault: ceremony.fault,
    byPasskey: () =>
      run('passkey', async () =>
        sign(
          await startApprovalByPass(requestId, reviewDigest).catch(() => NOT_SENT),
          (assertion) => approveByPass(requestId, { reviewDigest, assertion }),
        ),
      ),
    reject: (form) => {
      const vote = { reviewDigest, reason: form.get('reason'), note: form.get('note') }
      return run('reject', async () =>
        sign(await startRejectByPass(requestId, vote).catch(() => NOT_SENT), (assertion) =>
          rejectByPass(requestId, { ...vote, assertion }),
        ),
      )
    },
    clear,
  }
}
