import type { ChangeMade } from '#lib/commands/change/make-change'
import type { UnmetView } from '#lib/wire/views/people'
import type { NotDone } from './told'

/** What came of a change of who may do what: done, or held until another admin approves it. */
export type ChangeTold =
  | {
      ok: true
      text: string
      /** The ticket that holds it; null: it is done. */
      requestId: string | null
      /** What nobody could give then; null: nothing, or nothing was taken. */
      unmet: UnmetView | null
    }
  | NotDone

export function changeTold(made: ChangeMade, unmet: UnmetView | null): ChangeTold {
  if (made.state === 'proposed') {
    return { ok: true, text: WAITS, requestId: made.requestId, unmet }
  }
  return {
    ok: true,
    text: made.dualControl === 'off' ? DONE_ALONE : DONE,
    requestId: null,
    unmet,
  }
}

const DONE = 'Done.'
const DONE_ALONE = 'Done. Dual control is off, and the record says so.'
const WAITS = 'Nothing has changed yet: it waits for another admin.'
