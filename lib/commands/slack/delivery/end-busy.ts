import { SECOND_MS } from '#lib/core/durations'
import { letGo } from '#lib/db/slack-messages'
import type { Runtime } from '#lib/runtime'
import type { BusyMessage } from './mark-busy'

/** Should whatever took the buttons off end without a word, they come back by then. */
const BACK_AFTER_MS = 3 * SECOND_MS

/** Lets a busy message go. What Slack shows of it counts as unknown, so the next announcement writes it anew. */
export async function endBusy(
  { db }: Pick<Runtime, 'db'>,
  { lease }: Pick<BusyMessage, 'lease'>,
): Promise<void> {
  await letGo(db, lease, BACK_AFTER_MS)
}
