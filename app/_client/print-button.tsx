'use client'

import { Button } from '../_ui/button'

/** Prints the page: its print style is the approval record. A page that leaves entries out leads to the one that has them. */
export function PrintButton({
  label,
  wholeHref = null,
}: {
  label: string
  wholeHref?: string | null
}) {
  const onClick = () => (wholeHref === null ? print() : location.assign(wholeHref))
  return (
    <Button size="small" icon="print" onClick={onClick}>
      {label}
    </Button>
  )
}
