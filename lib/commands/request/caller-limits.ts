import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import { type Refused, refuse } from '#lib/core/result'
import type { SubmissionRows } from '#lib/db/load-submission'
import type { WriteSet } from '#lib/db/rows'
import type { Runtime } from '#lib/runtime'

/** Somebody has to decide first, and nobody knows when. */
const OPEN_WAIT_MS = MINUTE_MS

/** @returns null while the caller may submit */
export function tooManySubmits({ waitMs }: Pick<SubmissionRows, 'waitMs'>): Refused | null {
  return waitMs === null ? null : tooMany('too_many_requests', waitMs)
}

/**
 * A caller may keep only so many people busy at a time. What is allowed or denied at once keeps nobody, and a successor takes
 * the place of a held request; one that was not held leaves none.
 */
export function tooManyOpen(
  { config }: Pick<Runtime, 'config'>,
  { openCount }: Pick<SubmissionRows, 'openCount'>,
  changes: WriteSet,
): Refused | null {
  if (changes.insert?.state !== 'open') return null
  return openCount < config.callerLimits.open ? null : tooMany('too_many_open', OPEN_WAIT_MS)
}

function tooMany(code: 'too_many_requests' | 'too_many_open', waitMs: number): Refused {
  const seconds = Math.max(1, Math.ceil(waitMs / SECOND_MS))
  return refuse(code, { meta: { retry_after_seconds: seconds } })
}
