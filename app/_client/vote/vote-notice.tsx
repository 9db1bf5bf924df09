'use client'

import type { Clock } from '#lib/wire/clock'
import type { Prose as ProseRuns } from '#lib/wire/views/common'
import type { VoteResultView } from '#lib/wire/views/vote'
import { Button } from '../../_ui/button'
import { Icon } from '../../_ui/icon'
import { Notice } from '../../_ui/notice'
import { Prose } from '../../_ui/prose'
import type { VoteRefused } from '../../(console)/tickets/[id]/vote-answer'
import type { CeremonyFault } from '../proof/use-ceremony'

/** What came of a vote that was refused, or not sent at all: the ceremony's own fault first, since then nothing was sent. */
export function RefusedNotice({
  answer,
  fault,
  clock,
}: {
  answer: VoteRefused | null
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
  return (
    <Notice
      tone={answer.isUnknown ? 'hold' : 'stop'}
      role="alert"
      isCompact
      lead={`${answer.title}.`}
      action={answer.isUnknown && <LoadAgain />}
    >
      {typeof answer.text === 'string' ? answer.text : <Prose of={answer.text} clock={clock} />}
    </Notice>
  )
}

function LoadAgain() {
  return (
    <Button size="small" icon="reload" onClick={() => location.reload()}>
      Load it again
    </Button>
  )
}

/** What has happened, as the server said it. Whoever draws it keeps it in a live region. */
export function ResultNotice({ result, clock }: { result: VoteResultView; clock: Clock }) {
  return (
    <Notice tone={result.tone} isCompact lead={<Prose of={result.lead} clock={clock} />}>
      <Prose of={result.text} clock={clock} />
    </Notice>
  )
}

/** The deadline has passed in front of the page; how it ended comes in a moment. */
export function OverNotice() {
  return (
    <Notice tone="hold" icon="clock" isCompact lead="Its time is over.">
      No vote is taken any more. How it ended is shown here in a moment.
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
