'use client'

import { useState } from 'react'
import { MOST_REJECTED } from '#lib/core/ticket/batch'
import type { Clock } from '#lib/wire/clock'
import type { BatchResultView } from '#lib/wire/views/inbox'
import type { RejectReasonView } from '#lib/wire/views/vote'
import { Button } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { counted } from '../../_ui/number-words'
import { Sent } from '../../_ui/sent'
import { BatchDialog } from './batch-dialog'
import { useSelection } from './selection'
import { useBatch } from './use-batch'

/** At the foot of the list while nothing is selected: that it can be. */
export function BatchHint() {
  const { picked } = useSelection()
  if (picked.length > 0) return null
  return (
    <span className="hint">Select rows to reject them together. Approving is one at a time.</span>
  )
}

/** What is selected, and what can be done with it: read it and reject it. */
export function BatchReject({
  reasons,
  clock,
}: {
  reasons: readonly RejectReasonView[]
  clock: Clock
}) {
  const { picked, clear } = useSelection()
  const batch = useBatch()
  const [isOpen, setOpen] = useState(false)
  const isTooMany = picked.length > MOST_REJECTED
  const open = () => {
    setOpen(true)
    void batch.read(picked.map(({ requestId }) => requestId))
  }

  return (
    <div className="batch">
      <Left />
      {!isOpen && batch.results && <Done results={batch.results} onShow={() => setOpen(true)} />}
      {picked.length > 0 && (
        <div className="selected">
          <p role="status">
            <b>{picked.length} selected</b>
            {isTooMany && `, ${MOST_REJECTED} at most can be rejected together`}
          </p>
          <Button size="small" onClick={clear}>
            Select none
          </Button>
          <Button
            id="reject-selected"
            kind="reject"
            size="small"
            disabled={isTooMany}
            onClick={open}
          >
            Reject {counted(picked.length, 'request')}
          </Button>
        </div>
      )}
      <BatchDialog
        batch={batch}
        reasons={reasons}
        clock={clock}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
      />
    </div>
  )
}

function Left() {
  const { left, forgetLeft } = useSelection()
  if (left.length === 0) return null
  return (
    <Notice
      tone="hold"
      isCompact
      role="status"
      lead="No longer selected:"
      action={
        <Button kind="quiet" size="small" onClick={forgetLeft}>
          Dismiss
        </Button>
      }
    >
      {left.map(({ requestId, goal }, at) => (
        <span key={requestId}>
          {at > 0 && ', '}
          <a className="goal-said" href={`/tickets/${requestId}`}>
            <Sent text={goal} />
          </a>
        </span>
      ))}
      . It ended or changed meanwhile, so you can no longer reject it from here.
    </Notice>
  )
}

function Done({ results, onShow }: { results: readonly BatchResultView[]; onShow: () => void }) {
  const rejectedCount = results.filter(({ outcome }) => outcome === 'rejected').length
  const isAll = rejectedCount === results.length
  return (
    <Notice
      tone={isAll ? 'plain' : 'hold'}
      isCompact
      role="status"
      lead={`${rejectedCount} of ${counted(results.length, 'request')} rejected.`}
      action={
        <Button kind="quiet" size="small" onClick={onShow}>
          Show what came of each
        </Button>
      }
    />
  )
}
