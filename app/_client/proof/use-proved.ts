'use client'

import type { FactorProof, StepUpAction } from '#lib/wire/auth'
import { startProof } from '../../_server/start-proof'
import type { Answer, NotDone, Told } from '../../_server/told'
import { useTold } from '../use-told'
import { type Ceremony, useCeremony } from './use-ceremony'

/** How a person proves that it is them; `none` where they have nothing to prove it with yet. */
export type Way = { kind: 'passkey' } | { kind: 'code'; code: string } | { kind: 'none' }

export interface Proved {
  told: Told
  run: (way: Way) => void
  isPending: boolean
  ceremony: Ceremony
}

/**
 * A deed that asks for a factor: the person proves first that it is them, then the deed is done with that proof. The ceremony is
 * shared with the deed, which may make a passkey with it.
 */
export function useProved(
  action: StepUpAction,
  deed: (proof: FactorProof | null, ceremony: Ceremony) => Promise<Told>,
  /** What is missing before it makes sense to ask for a proof. */
  missing: () => NotDone | null | Promise<NotDone | null> = () => null,
): Proved {
  const ceremony = useCeremony()
  const [told, run, isPending] = useTold<Way>(async (way) => {
    const gap = await missing()
    if (gap) return gap
    const proof = await proofBy(way, action, ceremony)
    if (!proof) return null
    return proof.ok ? await deed(proof.value, ceremony) : proof
  })
  return { told, run, isPending, ceremony }
}

/** @returns null when the passkey gave no answer: the ceremony tells why */
async function proofBy(
  way: Way,
  action: StepUpAction,
  { ask }: Ceremony,
): Promise<Answer<FactorProof | null> | null> {
  if (way.kind === 'none') return { ok: true, value: null }
  if (way.kind === 'code') return { ok: true, value: { kind: 'totp', code: way.code } }
  const started = await startProof(action)
  if (!started.ok) return started
  const assertion = await ask(started.value)
  if (!assertion) return null
  const { id, rawId, response, clientExtensionResults } = assertion
  const signed = { id, rawId, type: 'public-key' as const, response, clientExtensionResults }
  return { ok: true, value: { kind: 'passkey', assertion: signed } }
}
