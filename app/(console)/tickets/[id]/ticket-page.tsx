import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { TicketView } from '#lib/wire/views/ticket'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { Masthead } from '../../../_ui/ticket/masthead'
import {
  ChangesPart,
  ContractPart,
  DecisionsPart,
  EvidenceForms,
  EvidencePart,
  GrantPart,
  MissingPart,
  NoticesPart,
  OtherPart,
  RecordPart,
  RiskPart,
  SignaturesPart,
  SuccessorPart,
  type TicketSlots,
} from './ticket-parts'

export type { TicketSlots } from './ticket-parts'

/** One request as a document: what is asked, what is missing, the bytes, who signed, what ran, the record. */
export function TicketPage({
  ticket,
  clock,
  slots = {},
  live,
  freshVoteId = null,
}: {
  ticket: TicketView
  clock: Clock
  slots?: TicketSlots
  /** Whether the page hears of changes. */
  live?: ReactNode
  freshVoteId?: string | null
}) {
  const part = { ticket, clock, slots }
  return (
    <>
      {slots.printHead}
      <Masthead
        ticket={ticket}
        clock={clock}
        crumbs={
          <div className="crumb-row">
            <Crumbs
              trail={[{ href: '/inbox', label: 'Inbox' }]}
              here={<code>{ticket.requestId}</code>}
            />
            {live}
          </div>
        }
        end={<End ticket={ticket} slots={slots} />}
      />
      <div className="wrap">
        <NoticesPart {...part} />
        {ticket.state === 'open' ? (
          <>
            <MissingPart {...part} />
            <RiskPart {...part} />
            <ChangesPart {...part} />
            <ContractPart {...part} />
            <EvidenceForms {...part} />
            <EvidencePart {...part} />
            <OtherPart {...part} />
            <SignaturesPart {...part} freshVoteId={freshVoteId} />
            <GrantPart {...part} />
          </>
        ) : (
          <>
            <SuccessorPart {...part} />
            {ticket.grant && <GrantPart {...part} />}
            {ticket.signatures.lines.length > 0 && (
              <SignaturesPart {...part} freshVoteId={freshVoteId} />
            )}
            <EvidencePart {...part} />
            {ticket.state !== 'released' && <MissingPart {...part} />}
            <RiskPart {...part} />
            <ChangesPart {...part} />
            <ContractPart {...part} />
          </>
        )}
        {slots.slack?.section}
        <DecisionsPart {...part} />
        <RecordPart {...part} />
      </div>
    </>
  )
}

function End({ ticket, slots }: { ticket: TicketView; slots: TicketSlots }) {
  const isOpen = ticket.state === 'open'
  if (isOpen || !(slots.record || slots.download)) return <DecisionLink ticket={ticket} />
  return (
    <>
      {slots.record}
      {slots.download}
    </>
  )
}

function DecisionLink({ ticket }: { ticket: TicketView }) {
  const { ordinal, policyVersion } = ticket.decision
  const isListed = ticket.decisions.entries.some((entry) => entry.ordinal === ordinal)
  return (
    <a className="small" href={isListed ? `#decision-${ordinal}` : '#record'}>
      Decision {ordinal} under <code>{policyVersion}</code>
    </a>
  )
}
