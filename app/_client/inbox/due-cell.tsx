'use client'

import type { Clock } from '#lib/wire/clock'
import type { Instant } from '#lib/wire/views/common'
import { Icon } from '../../_ui/icon'
import { Time } from '../../_ui/time'
import { Countdown } from '../countdown'
import { useDatabaseClock } from '../database-clock'

const SOON_MS = 60 * 60_000
const WORD = { soon: 'Soon', over: 'Over' } as const

/** The cell that says when a request closes. What closes soon says so, by itself, while the page is open. */
export function DueCell({ at, clock }: { at: Instant; clock: Clock }) {
  const how = useDatabaseClock(clock.now, (nowMs) => howSoon(Date.parse(at) - nowMs))
  return (
    <td className={how === 'later' ? 'due' : 'due soon'}>
      <b>
        {how !== 'later' && <Icon name="clock" />} <Countdown at={at} clock={clock} long={false} />
      </b>
      <span>
        {how === 'later' ? '' : WORD[how]}
        <span className="at">
          {how !== 'later' && ', '}
          <Time at={at} form="short" clock={clock} />
        </span>
      </span>
    </td>
  )
}

function howSoon(leftMs: number): 'later' | 'soon' | 'over' {
  if (leftMs >= SOON_MS) return 'later'
  return leftMs > 0 ? 'soon' : 'over'
}
