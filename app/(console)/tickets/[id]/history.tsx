'use client'

import type { ComponentProps } from 'react'
import { Decisions } from '../../../_ui/ticket/decisions'
import { Record } from '../../../_ui/ticket/record'

/** The entries of the record, drawn from their data alone: as markup of the server each would be made, sent and read twice. */
export function RecordEntries(props: ComponentProps<typeof Record>) {
  return <Record {...props} />
}

/** The same for evaluations. */
export function DecisionEntries(props: ComponentProps<typeof Decisions>) {
  return <Decisions {...props} />
}
