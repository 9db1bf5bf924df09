import type { ReactNode } from 'react'
import { type Clock, longSpanText, msBetween, spanText, timeText } from '#lib/wire/clock'
import type { GrantCheckView, GrantView } from '#lib/wire/views/vote'
import { Icon } from '../icon'
import { Ordered } from '../list'
import { Prose } from '../prose'
import { outcomeWord } from '../states'
import { Time } from '../time'

interface Stop {
  kind: 'past' | 'todo' | 'last' | 'end' | 'bad' | 'ask'
  word: string
  at: string | null
  note: ReactNode
}

/** Four stops on a line, solid behind, dashed ahead. Lapsed, revoked and burnt end the line. */
export function GrantSteps({
  grant,
  runtimeName,
  clock,
}: {
  grant: GrantView | null
  runtimeName: string | null
  clock: Clock
}) {
  const stops = grant ? stopsOf(grant, clock) : stopsBefore(runtimeName)
  return (
    <Ordered className="steps">
      {stops.map((stop) => (
        <li key={stop.word} className={stop.kind === 'past' ? undefined : stopClass[stop.kind]}>
          <strong>{stop.word}</strong>
          {stop.at && <Time at={stop.at} form="millis" clock={clock} />}
          {stop.note && <span>{stop.note}</span>}
        </li>
      ))}
    </Ordered>
  )
}

const stopClass = {
  todo: 'todo',
  last: 'last',
  end: 'end',
  bad: 'bad last',
  ask: 'ask last',
} as const

function todo(word: string, note: ReactNode = null): Stop {
  return { kind: 'todo', word, at: null, note }
}

function stopsBefore(runtimeName: string | null): Stop[] {
  return [
    todo('Ready', 'When nothing is missing'),
    todo('Collected', `${runtimeName ?? 'The runtime'} takes the allow token`),
    todo('Redeemed', 'Checked again, once, then it runs'),
    todo('Reported', 'How it ended'),
  ]
}

function stopsOf(grant: GrantView, clock: Clock): Stop[] {
  const ready: Stop = {
    kind: 'past',
    word: 'Ready',
    at: grant.readyAt,
    note: grant.readyNote.length > 0 && <Prose of={grant.readyNote} clock={clock} />,
  }
  const past = [ready, collectedStop(grant, clock), redeemedStop(grant)].filter(
    (stop) => stop !== null,
  )
  if (grant.ended) return [...past, endStop(grant, grant.ended, clock)]
  return [...past, ...stopsAhead(grant, clock)]
}

function collectedStop(grant: GrantView, clock: Clock): Stop | null {
  if (!grant.collected) return null
  const { at, byName, tokenExpiresAt } = grant.collected
  const note =
    grant.redeemed || grant.ended
      ? `${byName}, ${spanText(msBetween(grant.readyAt, at))} later`
      : `Token until ${timeText(tokenExpiresAt, 'seconds', clock)}`
  return { kind: 'past', word: 'Collected', at, note }
}

function redeemedStop(grant: GrantView): Stop | null {
  if (!grant.redeemed) return null
  const note = grant.checks.length > 0 && `All ${grant.checks.length} checks held`
  return { kind: 'past', word: 'Redeemed', at: grant.redeemed.at, note }
}

function endStop(grant: GrantView, ended: NonNullable<GrantView['ended']>, clock: Clock): Stop {
  const word = { lapsed: 'Lapsed', revoked: 'Revoked', burnt: 'Burnt' }
  const state = grant.state === 'revoked' || grant.state === 'burnt' ? grant.state : 'lapsed'
  return {
    kind: state === 'burnt' ? 'bad' : 'end',
    word: word[state],
    at: ended.at,
    note: <Prose of={ended.reason} clock={clock} />,
  }
}

function stopsAhead(grant: GrantView, clock: Clock): Stop[] {
  if (grant.reported) return [reportedStop(grant.reported)]
  if (grant.redeemed) return [todo('Not reported yet', reminder(grant, clock))]
  const rest = [todo('Not redeemed', 'Nothing has run'), todo('Not reported')]
  if (grant.collected) return rest
  return [
    todo('Not collected', `Open until ${timeText(grant.windowEndsAt, 'seconds', clock)}`),
    ...rest,
  ]
}

function reminder(grant: GrantView, clock: Clock): string {
  const says = 'The runtime says how it ended.'
  if (!grant.remindAt) return says
  return `${says} A person is told at ${timeText(grant.remindAt, 'short', clock)}.`
}

function reportedStop(reported: NonNullable<GrantView['reported']>): Stop {
  const kind = { succeeded: 'last', rolled_back: 'end', failed: 'bad', unknown: 'ask' } as const
  return {
    kind: kind[reported.outcome],
    word: `Reported: ${outcomeWord[reported.outcome]}`,
    at: reported.at,
    note: reported.detail,
  }
}

/** What redeem checked again, in the order in which it did. */
export function GrantChecks({
  checks,
  clock,
}: {
  checks: readonly GrantCheckView[]
  clock: Clock
}) {
  return (
    <table className="table cards checks">
      <caption>Checked again at redeem, in one transaction</caption>
      <thead>
        <tr>
          <th scope="col">Check</th>
          <th scope="col">Found</th>
          <th scope="col" className="r">
            Result
          </th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check) => (
          <tr key={check.label}>
            <th scope="row">{check.label}</th>
            <td>
              <Prose of={check.found} clock={clock} />
            </td>
            <td className="r">
              <span className={check.isOk ? 'okay' : 'okay not'}>
                <Icon name={check.isOk ? 'check' : 'close'} />
                {check.result}
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** "Good for one run until 15:31:09. Used." */
export function grantNote(
  grant: GrantView | null,
  executionWindowMs: number,
  clock: Clock,
): string {
  if (!grant)
    return `None yet. Release creates one, good for one run within ${longSpanText(executionWindowMs)}.`
  const until = timeText(grant.windowEndsAt, 'seconds', clock)
  if (grant.ended) return 'Ended. Nothing ran and nothing can.'
  if (grant.redeemed) return `Good for one run until ${until}. Used.`
  return `Good for one run until ${until}. Not used.`
}
