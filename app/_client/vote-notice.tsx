'use client'

import type { Clock } from '#lib/wire/clock'
import type { Prose as ProseRuns } from '#lib/wire/views-common'
import { Icon } from '../_ui/icon'
import { Notice } from '../_ui/notice'
import { Prose } from '../_ui/prose'
import type { VoteAnswer } from '../(console)/tickets/[id]/vote-answer'
import type { CeremonyFault } from './use-ceremony'

const done = {
  signed: { lead: 'Signed.', text: 'It is released by itself once nothing is missing.' },
  rejected: { lead: 'Rejected, nothing will run.', text: 'The caller is told, with your reason.' },
  withdrawn: { lead: 'Your vote is withdrawn.', text: 'It counts no longer.' },
} as const

/** What came of a vote: the ceremony's own fault first, since then nothing was sent. */
export function VoteNotice({
  answer,
  fault,
  clock,
}: {
  answer: VoteAnswer | null
  fault: CeremonyFault | null
  clock: Clock
}) {
  if (fault) {
    return (
      <Notice tone="stop" role="alert" isCompact lead={fault.lead}>
        {fault.text}
      </Notice>
    )
  }
  if (!answer) return null
  if (answer.ok) {
    const { lead, text } = done[answer.deed]
    return (
      <Notice tone={answer.deed === 'signed' ? 'go' : 'plain'} role="status" isCompact lead={lead}>
        {text}
      </Notice>
    )
  }
  return (
    <Notice tone="stop" role="alert" isCompact lead={`${answer.title}.`}>
      {typeof answer.text === 'string' ? answer.text : <Prose of={answer.text} clock={clock} />}
    </Notice>
  )
}

/** The ticket is another one by now. Nothing is signed before the person has read it again. */
export function ChangedNote({ change, clock }: { change: ProseRuns | null; clock: Clock }) {
  return (
    <p className="issue" role="status">
      <Icon name="alert" />
      <span>
        <strong>This changed while you were reading.</strong>{' '}
        {change ? <Prose of={change} clock={clock} /> : 'Read it again before you sign.'}
      </span>
    </p>
  )
}
