'use client'

import { createContext, type ReactNode, useContext, useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { CeremonyFault } from '../../_client/proof/use-ceremony'
import { RefusedNotice } from '../../_client/vote/vote-notice'
import type { VoteAnswer, VoteRefused } from '../../(console)/tickets/[id]/vote-answer'

const Kept = createContext<{
  refused: VoteRefused | null
  keep: (answer: VoteAnswer) => void
}>({ refused: null, keep: () => undefined })

/**
 * Keeps why a vote was refused. With the answer comes the page as it is now, and that may ask for no vote any more: the
 * one who was too late is still told that nothing of theirs was counted.
 */
export function KeepTold({ children }: { children: ReactNode }) {
  const [refused, setRefused] = useState<VoteRefused | null>(null)
  const keep = (answer: VoteAnswer) => setRefused(answer.ok ? null : answer)
  return <Kept value={{ refused, keep }}>{children}</Kept>
}

export function useKeepTold(): (answer: VoteAnswer) => void {
  return useContext(Kept).keep
}

/** On the page that asks for nothing any more. */
export function KeptTold({ clock }: { clock: Clock }) {
  const { refused } = useContext(Kept)
  // Its own state says by now whether it was counted.
  if (refused?.isUnknown) return null
  return <RefusedNotice answer={refused} fault={null} clock={clock} />
}

/** Beside the seal: what was refused, while the page still asks. */
export function SignTold({
  answer,
  fault,
  clock,
}: {
  answer: VoteAnswer | null
  fault: CeremonyFault | null
  clock: Clock
}) {
  const refused = answer?.ok === false && !answer.fields ? answer : null
  return <RefusedNotice answer={refused} fault={fault} clock={clock} />
}
