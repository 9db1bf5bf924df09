import type { Clock } from '#lib/wire/clock'
import type { TicketView } from '#lib/wire/views/ticket'
import { type Fact, Facts } from '../facts'
import { Prose } from '../prose'
import { Claim } from '../sent'
import { Tag } from '../tag'
import { environmentFact } from './masthead'

/** What the action may do: classes and bounds first, then what is only claimed, marked as that. */
export function Risk({
  ticket,
  clock,
}: {
  ticket: Pick<TicketView, 'risk' | 'environment'>
  clock: Clock
}) {
  const { risk } = ticket
  const facts: Fact[] = [
    ...risk.classes.map(({ label, meaning }) => ({
      label: 'Class',
      value: <strong>{label}</strong>,
      sub: meaning,
    })),
    { label: 'Reaches', ...environmentFact(ticket.environment) },
    { label: 'Bounds', value: <Prose of={risk.bound} clock={clock} /> },
    ...optional('At redeem', risk.preconditions, clock),
    ...optional('Runtime', risk.obligations, clock),
    ...(risk.claims.length > 0 ? [claimFact(risk.claims)] : []),
  ]
  return <Facts facts={facts} />
}

function optional(
  label: string,
  of: Parameters<typeof Prose>[0]['of'] | null,
  clock: Clock,
): Fact[] {
  return of ? [{ label, value: <Prose of={of} clock={clock} /> }] : []
}

function claimFact(claims: readonly string[]): Fact {
  return {
    label: 'Touches',
    value: (
      <>
        <Tag kind="claims" />{' '}
        {claims.map((claim, at) => (
          <span key={String(at)}>
            {at > 0 && ', '}
            <Claim text={claim} />
          </span>
        ))}
      </>
    ),
    sub: 'What the caller says. It can add demands and lowers none.',
  }
}
