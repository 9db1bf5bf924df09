import { ok, type Result } from '#lib/core/result'
import { transition } from '#lib/core/ticket/transition'
import type { Runtime } from '#lib/runtime'
import { transact } from '../transact'

/** Ends a grant whose execution window has passed without a redemption. Nothing ran; the clock worker says so. */
export function lapseGrant(runtime: Runtime, requestId: string): Promise<Result<undefined>> {
  return transact(runtime, { requestId }, (held) => {
    const command = { kind: 'lapse', actor: { kind: 'system' } } as const
    const moved = transition(held.ticket, command, held.now)
    // Redeemed or ended meanwhile: there is nothing left to lapse.
    return { result: ok(), events: moved.ok ? moved.value : [] }
  })
}
