'use client'

import { type Ref, useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { VoteBarView } from '#lib/wire/views/vote'
import type { Voting } from '../../../_client/vote/use-voting'
import { OverNotice, RefusedNotice, ResultNotice } from '../../../_client/vote/vote-notice'
import type { VoteAnswer, VoteRefused } from './vote-answer'

type Shown =
  | { kind: 'refused'; answer: VoteRefused | null }
  | { kind: 'result'; result: NonNullable<VoteBarView['ended']> }
  | { kind: 'over' }

export interface ToldInput {
  vote: VoteBarView
  voting: Pick<Voting, 'answer' | 'fault'>
  isOver: boolean
}

/** What there is to tell beside the bar; null: nothing. What was refused outlives the ticket's end, since it says why. */
export function useTold({ vote, voting, isOver }: ToldInput): Shown | null {
  const { answer, fault } = voting
  // A page that was loaded after the end says all of it already.
  const [wasOpen] = useState(vote.review !== null)
  const isAsBefore = useIsAsBefore(answer, vote.review?.digest ?? null)
  if (fault) return { kind: 'refused', answer: null }
  if (answer?.ok === false && !isAnswered(answer, vote)) {
    // What is wrong with a field is told beside it.
    return answer.fields && !isOver && vote.ended === null ? null : { kind: 'refused', answer }
  }
  if (vote.ended) return wasOpen ? { kind: 'result', result: vote.ended } : null
  if (isOver) return { kind: 'over' }
  // It tells how things stood then: once somebody else has gone on, the page says how they stand.
  const isLatest = isAsBefore || vote.review?.changes.isLastByViewer !== false
  return answer?.ok && isLatest ? { kind: 'result', result: answer.result } : null
}

/** The page still shows the review that was voted on: it was not read again since the answer came, and knows of nobody after it. */
function useIsAsBefore(answer: VoteAnswer | null, digest: string | null): boolean {
  const [came, setCame] = useState({ answer, digest })
  if (came.answer === answer) return came.digest === digest
  setCame({ answer, digest })
  return true
}

/** Whether a vote was counted was not known; what the page shows now says it. */
function isAnswered(answer: VoteRefused, { mine, isConfirmation, ended }: VoteBarView): boolean {
  return answer.isUnknown === true && (ended !== null || (mine !== null && !isConfirmation))
}

/** Above the bar. The region is there before anything is said in it, so that it is read out. */
export function VoteTold({
  shown,
  fault,
  clock,
  ref,
}: {
  shown: Shown | null
  fault: Voting['fault']
  clock: Clock
  ref: Ref<HTMLDivElement>
}) {
  return (
    <div className="wrap told" ref={ref} tabIndex={-1}>
      <div role="status">
        {shown?.kind === 'over' && <OverNotice />}
        {shown?.kind === 'result' && <ResultNotice result={shown.result} clock={clock} />}
      </div>
      {shown?.kind === 'refused' && (
        <RefusedNotice answer={shown.answer} fault={fault} clock={clock} />
      )}
    </div>
  )
}
