import { DAY_MS } from '#lib/core/durations'
import { deleteLooseFiles } from '#lib/db/files'
import type { Runtime } from '#lib/runtime'

/** Long enough for any upload, and for whoever tries again after a refusal. */
const LOOSE_FOR_MS = DAY_MS

/**
 * Forgets files that were sent a day ago and that no item names: their ticket had closed, or the upload was refused.
 * @returns how many
 */
export function sweepFiles({ db, now }: Pick<Runtime, 'db' | 'now'>): Promise<number> {
  return deleteLooseFiles(db, new Date(now() - LOOSE_FOR_MS))
}
