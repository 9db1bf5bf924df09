import { type Clock, timeText } from '#lib/wire/clock'
import type { DualControlView } from '#lib/wire/views/people'

/** Whether what admins change here takes a second one. */
export function DualControlLine({
  dualControl,
  clock,
}: {
  dualControl: DualControlView
  clock: Clock
}) {
  const { since, adminsWithFactor } = dualControl
  if (since !== null) {
    return (
      <p className="soft control-line">
        Dual control is on since {timeText(since, 'day', clock)}: what gives somebody more takes a
        second admin.
      </p>
    )
  }
  return <p className="soft control-line">Dual control is off: {whyOff(adminsWithFactor)}</p>
}

function whyOff(adminsWithFactor: number): string {
  if (adminsWithFactor === 0) return 'no admin has a confirmed factor.'
  if (adminsWithFactor === 1) return 'there is one admin with a factor.'
  return 'it begins with the next change.'
}
