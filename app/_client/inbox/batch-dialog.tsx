'use client'

import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { BatchItemView, BatchResultView } from '#lib/wire/views/inbox'
import type { RejectReasonView } from '#lib/wire/views/vote'
import { Button } from '../../_ui/button'
import { DigestWords } from '../../_ui/digest'
import { ChoiceField, TextField } from '../../_ui/field'
import { Icon, type IconName } from '../../_ui/icon'
import { Ordered } from '../../_ui/list'
import { counted } from '../../_ui/number-words'
import { Prose } from '../../_ui/prose'
import { Sent } from '../../_ui/sent'
import { Skeleton } from '../../_ui/skeleton'
import { Modal } from '../modal'
import { ToldNotice } from '../told-notice'
import type { Batch } from './use-batch'

/** Each request as it is now, then one reason for all; after it was sent, what came of each. */
export function BatchDialog({
  batch,
  reasons,
  clock,
  isOpen,
  onClose,
}: {
  batch: Batch
  reasons: readonly RejectReasonView[]
  clock: Clock
  isOpen: boolean
  onClose: () => void
}) {
  const { items, results, fault, isBusy } = batch
  const count = items.filter(({ review }) => review !== null).length
  const isReading = isBusy && items.length === 0
  return (
    <Modal
      id="batch"
      title={titleOf(batch, count)}
      isOpen={isOpen}
      onClose={onClose}
      footer={<Footer batch={batch} count={count} onClose={onClose} />}
    >
      {isReading && <Skeleton rowCount={3} label="The selected requests are being read" />}
      {results ? (
        <Results results={results} items={items} clock={clock} />
      ) : (
        items.length > 0 && <Review batch={batch} reasons={reasons} clock={clock} count={count} />
      )}
      {/* A refused reason is told at the reason. */}
      {!fault?.fields && <ToldNotice told={fault} />}
    </Modal>
  )
}

function titleOf({ items, results }: Batch, count: number): string {
  if (results) return 'What came of each'
  if (items.length === 0) return 'Reject what is selected'
  return count === 0 ? 'None can be rejected now' : `Reject ${counted(count, 'request')}`
}

function Footer({ batch, count, onClose }: { batch: Batch; count: number; onClose: () => void }) {
  const { items, results, isBusy } = batch
  const again = results?.filter(({ outcome }) => outcome === 'retry') ?? []
  return (
    <>
      <Button onClick={onClose}>{results ? 'Close' : 'Reject none'}</Button>
      {again.length > 0 && (
        <Button
          isBusy={isBusy}
          onClick={() => void batch.read(again.map(({ requestId }) => requestId))}
        >
          Read {counted(again.length, 'request')} again
        </Button>
      )}
      {!results && items.length > 0 && count > 0 && (
        <Button kind="reject" type="submit" form="batch-form" isBusy={isBusy}>
          Reject {counted(count, 'request')}, nothing will run
        </Button>
      )}
    </>
  )
}

function Review({
  batch: { items, fault, send },
  reasons,
  clock,
  count,
}: {
  batch: Batch
  reasons: readonly RejectReasonView[]
  clock: Clock
  count: number
}) {
  const error = fault?.fields?.['reason']
  return (
    <>
      <p>Each as it is now. One that changes before you reject it stays as it is.</p>
      <Ordered className="batch-list">
        {items.map((item) => (
          <Item key={item.requestId} item={item} clock={clock} />
        ))}
      </Ordered>
      {count > 0 && (
        <form
          id="batch-form"
          className="stack"
          noValidate
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault()
            void send(new FormData(event.currentTarget))
          }}
        >
          <ChoiceField
            legend="Reason, sent to each caller"
            name="reason"
            choices={reasons.map(({ code, label }) => ({ value: code, label }))}
            isRequired
            error={error}
          />
          <TextField id="batch-note" name="note" label="Anything to add" maxLength={280} />
          <p className="hint">Rejecting needs no second factor.</p>
        </form>
      )}
    </>
  )
}

function Item({ item, clock }: { item: BatchItemView; clock: Clock }) {
  return (
    <li>
      <p className="batch-goal">
        <Goal item={item} />
      </p>
      <p className="tiny quiet">
        {item.callerName} {item.ownerName && <>of {item.ownerName}</>}
      </p>
      {item.review && <DigestWords words={item.review.words} />}
      {item.whyNot && (
        <Line icon="slash" title="Left out.">
          <Prose of={item.whyNot} clock={clock} />
        </Line>
      )}
    </li>
  )
}

function Goal({ item }: { item: Pick<BatchItemView, 'requestId' | 'goal'> | undefined }) {
  if (!item?.goal) return <code>{item?.requestId}</code>
  return <Sent text={item.goal} />
}

const outcomeIcon: Record<BatchResultView['outcome'], IconName> = {
  rejected: 'cross',
  not_rejected: 'slash',
  retry: 'alert',
}

function Results({
  results,
  items,
  clock,
}: {
  results: readonly BatchResultView[]
  items: readonly BatchItemView[]
  clock: Clock
}) {
  const rejectedCount = results.filter(({ outcome }) => outcome === 'rejected').length
  const summary = useRef<HTMLParagraphElement>(null)
  // The button that was pressed is gone.
  useEffect(() => summary.current?.focus(), [])
  return (
    <>
      <p role="status" ref={summary} tabIndex={-1}>
        {rejectedCount} of {counted(results.length, 'request')} rejected.
      </p>
      <Ordered className="batch-list">
        {results.map(({ requestId, outcome, title, text }) => (
          <li key={requestId} className={`is-${outcome}`}>
            <a className="batch-goal" href={`/tickets/${requestId}`}>
              <Goal item={items.find((item) => item.requestId === requestId)} />
            </a>
            <Line icon={outcomeIcon[outcome]} title={`${title}.`}>
              <Prose of={text} clock={clock} />
            </Line>
          </li>
        ))}
      </Ordered>
    </>
  )
}

function Line({ icon, title, children }: { icon: IconName; title: string; children: ReactNode }) {
  return (
    <p className="batch-line">
      <Icon name={icon} />
      <span>
        <b>{title}</b> {children}
      </span>
    </p>
  )
}
