'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import { Sent } from '../../_ui/sent'

/** A request that somebody pointed at. */
export interface Picked {
  requestId: string
  /** Caller's text. */
  goal: string
}

export interface Selection {
  picked: readonly Picked[]
  /** What was selected and can no longer be rejected, newest last. */
  left: readonly Picked[]
  toggle: (row: Picked) => void
  clear: () => void
  /** These are about to end by the viewer's own doing: nobody needs to be told that they left. */
  expect: (requestIds: readonly string[]) => void
  forgetLeft: () => void
}

const nothing = () => undefined
const Context = createContext<Selection>({
  picked: [],
  left: [],
  toggle: nothing,
  clear: nothing,
  expect: nothing,
  forgetLeft: nothing,
})

export function useSelection(): Selection {
  return useContext(Context)
}

/**
 * Holds what is selected while the page reads itself again: a row keeps its mark wherever it stands, and one that can no
 * longer be rejected leaves, which is said.
 */
export function SelectionArea({
  rows,
  children,
}: {
  /** What can be selected on the page as it is now. */
  rows: readonly Picked[]
  children: ReactNode
}) {
  const [picked, setPicked] = useState<readonly Picked[]>([])
  const [left, setLeft] = useState<readonly Picked[]>([])
  const [expected, setExpected] = useState<readonly string[]>([])

  const gone = picked.filter(({ requestId }) => !rows.some((row) => row.requestId === requestId))
  if (gone.length > 0) {
    setPicked(picked.filter((one) => !gone.includes(one)))
    setLeft([...left, ...gone.filter(({ requestId }) => !expected.includes(requestId))])
  }
  const selection: Selection = {
    picked,
    left,
    toggle: (row) => {
      const others = picked.filter(({ requestId }) => requestId !== row.requestId)
      setPicked(others.length < picked.length ? others : [...picked, row])
    },
    clear: () => setPicked([]),
    expect: setExpected,
    forgetLeft: () => setLeft([]),
  }
  return <Context value={selection}>{children}</Context>
}

/** Selects one row. */
export function PickBox({ requestId, goal }: Picked) {
  const { picked, toggle } = useSelection()
  return (
    <label className="choice pick">
      <input
        type="checkbox"
        checked={picked.some((one) => one.requestId === requestId)}
        onChange={() => toggle({ requestId, goal })}
      />
      <span className="vh">
        Select: <Sent text={goal} />
      </span>
    </label>
  )
}
