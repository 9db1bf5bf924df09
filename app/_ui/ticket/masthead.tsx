import type { ReactNode } from 'react'
import { type Clock, msBetween, spanText } from '#lib/wire/clock'
import type { TicketView } from '#lib/wire/views/ticket'
import { Facts } from '../facts'
import { HoldLine } from '../hold-line'
import { Prose } from '../prose'
import { Claim, Sent, Tool } from '../sent'
import { GrantState, TicketState, Verdict } from '../state'
import { type HoldTone, ticketLook } from '../states'
import { Tag } from '../tag'
import { Time, Until } from '../time'

type Ticket = Pick<
  TicketView,
  | 'verdict'
  | 'state'
  | 'submittedAt'
  | 'closesAt'
  | 'closedAt'
  | 'caller'
  | 'goal'
  | 'tools'
  | 'environment'
  | 'behind'
  | 'runtimeName'
  | 'externalTicket'
  | 'standing'
  | 'grant'
>

/** The head of a ticket: what is asked, on what, by whom, how it stands and why. */
export function Masthead({
  ticket,
  clock,
  crumbs,
  end,
}: {
  ticket: Ticket
  clock: Clock
  crumbs?: ReactNode
  /** At the end of the standing line: the decision, or the approval record. */
  end?: ReactNode
}) {
  const isOpen = ticket.state === 'open'
  return (
    <div className="wrap masthead">
      {crumbs}
      <div className="standing">
        <Verdict verdict={ticket.verdict} />
        <TicketState state={ticket.state} />
        {ticket.grant && (
          <GrantState state={ticket.grant.state} outcome={ticket.grant.reported?.outcome ?? null} />
        )}
        <StandingTime ticket={ticket} clock={clock} />
        {end && <span className="end small">{end}</span>}
      </div>
      <Asks caller={ticket.caller} isPast={!isOpen} />
      <Goal goal={ticket.goal} />
      <Facts isAcross facts={mastheadFacts(ticket, clock)} />
      <HoldLine tone={lineTone(ticket)} />
      <p className="held">
        <Prose of={ticket.standing} clock={clock} />
      </p>
    </div>
  )
}

/** A grant that came to nothing ends the line as the ticket itself would have. */
function lineTone({ state, grant }: Ticket): HoldTone {
  if (grant?.state === 'burnt') return 'shut'
  if (grant?.state === 'revoked' || grant?.state === 'lapsed') return 'past'
  return ticketLook[state].line
}

/** Who says what stands below it. */
export function Asks({
  caller: { name, kind },
  isPast = false,
}: {
  caller: TicketView['caller']
  isPast?: boolean
}) {
  if (kind === 'console') {
    return <p className="asks">A change of Countersign itself, asked for by {name}</p>
  }
  return (
    <p className="asks">
      <span>
        {name} {isPast ? 'asked' : 'asks'}, in its own words
      </span>
      <Tag kind="claim" />
    </p>
  )
}

/** The goal as the page's head. Long ones step down in size and are never cut: they are signed. */
export function Goal({ goal }: { goal: string }) {
  return (
    <h1 className={goalClass(goal.length)}>
      <span className="q">“</span>
      <span>
        <Sent text={goal} />
      </span>
      <span className="q close">”</span>
    </h1>
  )
}

const LONG_GOAL = 140
const LONGEST_GOAL = 480

function goalClass(length: number): string {
  if (length > LONGEST_GOAL) return 'act longest'
  return length > LONG_GOAL ? 'act long' : 'act'
}

function StandingTime({ ticket, clock }: { ticket: Ticket; clock: Clock }) {
  if (ticket.state === 'open' && ticket.closesAt) {
    return (
      <span className="soft">
        Closes in <Until at={ticket.closesAt} clock={clock} />,{' '}
        <Time at={ticket.closesAt} form="day" clock={clock} />
      </span>
    )
  }
  const endedAt = ticket.closedAt ?? ticket.submittedAt
  const afterMs = msBetween(ticket.submittedAt, endedAt)
  return (
    <span className="soft">
      <Time at={endedAt} form="day_seconds" clock={clock} />
      {afterMs > 0 && `, ${spanText(afterMs)} after it was asked`}
    </span>
  )
}

function mastheadFacts(ticket: Ticket, clock: Clock) {
  const hasRun = Boolean(ticket.grant?.redeemed)
  const first = [
    { label: hasRun ? 'What ran' : 'What runs', ...toolFact(ticket.tools) },
    { label: 'On what', ...environmentFact(ticket.environment) },
    {
      label: 'Who is behind it',
      value: behindText(ticket),
      sub: <Prose of={ticket.behind.note} clock={clock} />,
    },
  ]
  const last =
    ticket.state === 'open' ? externalFact(ticket) : (runtimeFact(ticket) ?? externalFact(ticket))
  return last ? [...first, last] : first
}

/** An agent by its name and owner; a change of the installation by who asked. */
export function behindText({ caller, behind }: Pick<TicketView, 'caller' | 'behind'>): string {
  return caller.kind === 'console'
    ? behind.ownerName
    : `${caller.name}, owned by ${behind.ownerName}`
}

/** The tools by name, each class of risk once. */
export function toolFact(tools: TicketView['tools']) {
  const labels = [...new Set(tools.map((tool) => tool.riskLabel ?? 'Not in the tool table'))]
  return {
    value: tools.map((tool) => (
      <span key={tool.name} className="tool-line">
        <Tool name={tool.name} />
      </span>
    )),
    sub: labels.join(', '),
  }
}

export function environmentFact(environment: TicketView['environment']) {
  if (environment.isOwn) return { value: environment.name, sub: 'Who may do what here' }
  if (environment.registered) return { value: environment.name, sub: 'Registered for this caller' }
  return {
    value: (
      <>
        <Tag kind="claims" /> <Claim text={environment.name} />
      </>
    ),
    sub: 'Its tools name no environment',
  }
}

function externalFact(ticket: Ticket) {
  if (!ticket.externalTicket) return null
  return {
    label: 'External ticket',
    value: (
      <>
        <Tag kind="claims" /> <Claim text={ticket.externalTicket} />
      </>
    ),
    sub: 'Not looked up',
  }
}

function runtimeFact(ticket: Ticket) {
  if (!ticket.runtimeName) return null
  return {
    label: 'Who runs it',
    value: ticket.runtimeName,
    sub:
      ticket.caller.kind === 'console'
        ? 'By itself, once, when another admin approved'
        : 'Holds the runtime key, apart from the agent',
  }
}
