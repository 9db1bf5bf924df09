'use client'

import { useState } from 'react'
import type { BatchItemView, BatchResultView } from '#lib/wire/views/inbox'
import type { Answer, NotDone } from '../../_server/told'
import { readSelected, rejectSelected } from '../../(console)/inbox/actions'
import { useSelection } from './selection'

export interface Batch {
  /** What was read of each selected request; the rejection is bound to it. Empty before. */
  items: readonly BatchItemView[]
  /** What came of each, once it was sent. */
  results: readonly BatchResultView[] | null
  fault: NotDone | null
  isBusy: boolean
  read: (requestIds: readonly string[]) => Promise<void>
  send: (form: FormData) => Promise<void>
}

const UNREAD: NotDone = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'Nothing was sent. Check the connection, then try again.',
}

const UNSENT: NotDone = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'What was rejected is not known. Try again: a request that was rejected already says so.',
}

/** Reads what is selected, then rejects exactly what was read. */
export function useBatch(): Batch {
  const selection = useSelection()
  const [items, setItems] = useState<readonly BatchItemView[]>([])
  const [results, setResults] = useState<readonly BatchResultView[] | null>(null)
  const [fault, setFault] = useState<NotDone | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function run<T>(deed: Promise<Answer<T>>, lost: NotDone, take: (value: T) => void) {
    setBusy(true)
    setFault(null)
    const came = await deed.catch(() => lost)
    setBusy(false)
    if (came.ok) take(came.value)
    else setFault(came)
  }

  return {
    items,
    results,
    fault,
    isBusy,
    read: async (requestIds) => {
      if (isBusy) return
      setItems([])
      setResults(null)
      await run(readSelected(requestIds), UNREAD, setItems)
    },
    send: async (form) => {
      if (isBusy) return
      const shown = items.flatMap(({ requestId, review }) =>
        review ? [{ requestId, reviewDigest: review.digest }] : [],
      )
      selection.expect(shown.map(({ requestId }) => requestId))
      const sent = { items: shown, reason: form.get('reason'), note: form.get('note') }
      await run(rejectSelected(sent), UNSENT, setResults)
    },
  }
}
