import { evidenceDue } from '#lib/queries/settings/evidence-due'
import type { Runtime } from '#lib/runtime'
import { eraseEvidence } from './erase-evidence'

/** So few that deadlines, which the same clock sees to, do not wait for it. */
const AT_ONCE = 20

/**
 * Erases some of what is kept no longer, each as `eraseEvidence` does and on its request's record: the hash stays.
 * @returns whether there is more
 * @throws AggregateError when some could not be erased, once the others were
 */
export async function sweepEvidence(runtime: Runtime): Promise<boolean> {
  const due = await evidenceDue(runtime.db, runtime.now(), AT_ONCE)
  const failures: unknown[] = []
  let erased = 0
  for (const evidenceId of due) {
    try {
      const done = await eraseEvidence(runtime, { evidenceId, reason: REASON })
      if (done.ok) erased += 1
    } catch (error) {
      // One that cannot be erased must not keep the others.
      failures.push(error)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some evidence could not be erased')
  return due.length === AT_ONCE && erased > 0
}

const REASON = 'Kept no longer, as the settings say'
