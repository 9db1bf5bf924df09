'use client'

import { Button } from '../_ui/button'

/** Prints the page: its print style is the approval record. */
export function PrintButton({ label }: { label: string }) {
  return (
    <Button size="small" icon="print" onClick={() => print()}>
      {label}
    </Button>
  )
}
