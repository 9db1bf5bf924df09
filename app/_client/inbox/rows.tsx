'use client'

import type { ComponentProps } from 'react'
import { InboxRow } from '../../_ui/inbox/inbox-row'

type RowProps = ComponentProps<typeof InboxRow>

/** The rows of a list, drawn from their data alone: as markup of the server each would be made, sent and read twice. */
export function InboxRows({
  rows,
  cursorId,
  ...list
}: Omit<RowProps, 'row' | 'isCursor'> & {
  rows: readonly RowProps['row'][]
  cursorId: string | null
}) {
  return rows.map((row) => (
    <InboxRow key={row.requestId} {...list} row={row} isCursor={row.requestId === cursorId} />
  ))
}
