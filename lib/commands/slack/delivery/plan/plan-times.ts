import { windowAt } from '#lib/core/policy/window'
import type { Routing } from '#lib/wire/slack/routing'
import type { AnnounceState } from './types'

/** What time alone sets off for an open request. */
export interface Times {
  /** Until when nobody is messaged directly; null: they are. */
  quietUntil: number | null
  isReminderDue: boolean
  remindersSent: number
  /** How many steps of the escalation are taken. */
  escalations: number
  /** The next reminder or step. */
  nextAt: number | null
}

/** Reminders that were missed (quiet hours, an outage) come as one. */
export function timesOf(state: AnnounceState, routing: Routing, now: number): Times {
  const { watch, openedAt, needsPeople } = state
  const quietUntil = quietEnd(state, routing, now)
  const sent = watch?.remindersSent ?? 0
  const taken = watch?.escalations ?? 0
  const remindAt = reminderTimes(openedAt, routing)
  const escalateAt = routing.escalate.map(({ afterMs }) => openedAt + afterMs)
  const mayAct = needsPeople && quietUntil === null
  const remindersSent = mayAct ? Math.max(sent, passed(remindAt, now)) : sent
  const escalations = mayAct ? Math.max(taken, passed(escalateAt, now)) : taken
  const ahead = [remindAt[remindersSent], escalateAt[escalations]].flatMap((at) =>
    at === undefined ? [] : [Math.max(at, quietUntil ?? at)],
  )
  return {
    quietUntil,
    isReminderDue: remindersSent > sent,
    remindersSent,
    escalations,
    nextAt: needsPeople ? earliest(ahead) : null,
  }
}

export function earliest(times: readonly number[]): number | null {
  return times.length === 0 ? null : Math.min(...times)
}

/** Quiet hours that would last beyond the deadline are none: nobody could answer any more. */
function quietEnd({ deadlineAt }: AnnounceState, { quiet }: Routing, now: number): number | null {
  if (quiet === null) return null
  const { open, shutsAt } = windowAt(quiet, now)
  if (!open || shutsAt === undefined) return null
  return deadlineAt !== null && deadlineAt <= shutsAt ? null : shutsAt
}

function reminderTimes(openedAt: number, { remind }: Routing): number[] {
  if (remind === null) return []
  return Array.from(
    { length: remind.most },
    (_, index) => openedAt + remind.afterMs + index * remind.everyMs,
  )
}

function passed(times: readonly number[], now: number): number {
  return times.filter((at) => at <= now).length
}
