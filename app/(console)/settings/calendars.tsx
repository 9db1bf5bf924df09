import type { Clock } from '#lib/wire/clock'
import type { CalendarView } from '#lib/wire/views/settings'
import { Time } from '../../_ui/time'

/** The calendars of the policy in force: whether each is open, and when that changes. */
export function Calendars({
  calendars,
  policyVersion,
  clock,
}: {
  calendars: readonly CalendarView[]
  policyVersion: string | null
  clock: Clock
}) {
  const change = <a href="/policy">Change them in the policy</a>
  if (calendars.length === 0) {
    return (
      <p>
        {policyVersion ? 'The policy names no calendar.' : 'There is no policy yet.'} {change}
      </p>
    )
  }
  return (
    <div className="stack">
      <table className="table cards settings-table">
        <caption className="vh">Calendars of the policy</caption>
        <thead>
          <tr>
            <th scope="col">Calendar</th>
            <th scope="col">Now</th>
            <th scope="col">Next change</th>
          </tr>
        </thead>
        <tbody>
          {calendars.map(({ name, label, zone, isOpen, changesAt }) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
                <span className="sub">
                  {label}, {zone}
                </span>
              </th>
              <td>{isOpen ? 'Open' : 'Shut'}</td>
              <td>
                {changesAt ? (
                  <>
                    {isOpen ? 'Shuts' : 'Opens'} <Time at={changesAt} form="day" clock={clock} />
                  </>
                ) : (
                  'It does not change'
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small">{change}</p>
    </div>
  )
}
