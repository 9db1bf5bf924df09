import type { Clock } from '#lib/wire/clock'
import type { HealthState, HealthView } from '#lib/wire/views/settings'
import { Icon, type IconName } from '../../_ui/icon'
import { Time } from '../../_ui/time'

const LOOKS: Record<HealthState, { tone: string; icon: IconName; word: string }> = {
  good: { tone: 'go', icon: 'check', word: 'Good' },
  warn: { tone: 'hold', icon: 'alert', word: 'Look at it' },
  bad: { tone: 'stop', icon: 'alert', word: 'Not well' },
  none: { tone: 'none', icon: 'info', word: 'Not in use' },
}

/** One row a part: how it is, in words beside the sign. */
export function Health({ health, clock }: { health: readonly HealthView[]; clock: Clock }) {
  return (
    <table className="table cards settings-table">
      <caption className="vh">How the parts are</caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">State</th>
          <th scope="col">What stands</th>
        </tr>
      </thead>
      <tbody>
        {health.map(({ what, state, said, detail, at }) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td>
              <span className={`state ${LOOKS[state].tone}`}>
                <Icon name={LOOKS[state].icon} />
                {LOOKS[state].word}
              </span>
            </td>
            <td>
              {said}
              {(detail !== '' || at) && (
                <span className="sub">
                  {detail} {at && <Time at={at} form="day_seconds" clock={clock} />}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
