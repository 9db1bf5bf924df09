import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { EvidenceFormView, EvidenceView, TicketView } from '#lib/wire/views'
import { Checklist, checklistSummary } from '../../../_ui/checklist'
import { Crumbs } from '../../../_ui/console-frame'
import { ParallelText } from '../../../_ui/contract'
import { EvidenceSection } from '../../../_ui/evidence'
import { GrantChecks, GrantSteps, grantNote } from '../../../_ui/grant'
import { Masthead } from '../../../_ui/masthead'
import { Notice } from '../../../_ui/notice'
import { Prose } from '../../../_ui/prose'
import { Record, recordNote } from '../../../_ui/record'
import { Section } from '../../../_ui/section'
import { Signatures } from '../../../_ui/signatures'

/** What a person can do on the page; each is left out where they cannot. */
export interface TicketSlots {
  /** At the end of the standing line, once it has ended: print, or see what superseded it. */
  record?: ReactNode
  /** The form for an item that is missing. */
  evidenceForm?: (form: EvidenceFormView) => ReactNode
  /** Withdraw or reject one item. */
  evidenceActions?: (evidence: EvidenceView) => ReactNode
  revoke?: ReactNode
  cancel?: ReactNode
  /** Where Slack was told of it; `notices` say at the top what went wrong there. */
  slack?: { notices: ReactNode; section: ReactNode }
}

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
  const isOpen = ticket.state === 'open'
  const part = { ticket, clock, slots }
  return (
    <>
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
        end={isOpen || !slots.record ? <DecisionLink ticket={ticket} /> : slots.record}
      />
      <div className="wrap">
        <Notices ticket={ticket} clock={clock} more={slots.slack?.notices} />
        {isOpen ? (
          <>
            <Missing {...part} />
            <ContractPart {...part} />
            <EvidenceForms {...part} />
            <EvidencePart {...part} />
            <SignaturesPart {...part} freshVoteId={freshVoteId} />
            <GrantPart {...part} />
          </>
        ) : (
          <>
            {ticket.grant && <GrantPart {...part} />}
            {ticket.signatures.lines.length > 0 && (
              <SignaturesPart {...part} freshVoteId={freshVoteId} />
            )}
            <EvidencePart {...part} />
            {ticket.state !== 'released' && <Missing {...part} />}
            <ContractPart {...part} />
          </>
        )}
        {slots.slack?.section}
        <RecordPart {...part} />
      </div>
    </>
  )
}

interface Part {
  ticket: TicketView
  clock: Clock
  slots: TicketSlots
}

function DecisionLink({ ticket }: { ticket: TicketView }) {
  return (
    <a className="small" href="#record">
      Decision {ticket.decision.ordinal} under <code>{ticket.decision.policyVersion}</code>
    </a>
  )
}

function Notices({ ticket, clock, more }: { ticket: TicketView; clock: Clock; more: ReactNode }) {
  if (ticket.notices.length === 0 && !more) return null
  return (
    <div className="stack notices">
      {ticket.notices.map((notice) => (
        <Notice key={notice.lead} tone={notice.tone} lead={notice.lead}>
          <Prose of={notice.text} clock={clock} />
        </Notice>
      ))}
      {more}
    </div>
  )
}

function Missing({ ticket, clock, slots }: Part) {
  const isOpen = ticket.state === 'open'
  if (ticket.checklist.length === 0) return null
  return (
    <Section
      id="missing"
      title={isOpen ? 'What is missing' : 'What was asked for'}
      note={checklistSummary(ticket.checklist, isOpen)}
    >
      <div>
        <Checklist
          items={ticket.checklist}
          clock={clock}
          linkOf={(item) =>
            slots.evidenceForm &&
            ticket.evidenceForms.some(({ type }) => type === item.evidenceType) ? (
              <a href={`#attach-${item.evidenceType}`}>Attach it below</a>
            ) : null
          }
        />
        {isOpen && slots.cancel}
      </div>
    </Section>
  )
}

function ContractPart({ ticket, clock }: Part) {
  const isOpen = ticket.state === 'open'
  return (
    <Section
      id="contract"
      title="The contract"
      note={
        isOpen
          ? 'The exact bytes you sign, each beside what Countersign reads in it. Claims satisfy nothing.'
          : 'The exact bytes that were hashed, each beside what Countersign read in it.'
      }
    >
      <ParallelText contract={ticket.contract} clock={clock} isSigned={!isOpen} />
    </Section>
  )
}

function EvidenceForms({ ticket, clock, slots }: Part) {
  const { evidenceForm } = slots
  if (!evidenceForm) return null
  return ticket.evidenceForms.map((form) => (
    <Section
      key={form.type}
      id={`attach-${form.type}`}
      title={form.label}
      note={<Prose of={form.note} clock={clock} />}
      isPrinted={false}
    >
      {form.whyNot ? (
        <p className="soft">
          <Prose of={form.whyNot} clock={clock} />
        </p>
      ) : (
        evidenceForm(form)
      )}
    </Section>
  ))
}

function EvidencePart({ ticket, clock, slots }: Part) {
  return ticket.evidence.map((evidence) => (
    <EvidenceSection
      key={evidence.id}
      evidence={evidence}
      clock={clock}
      actions={slots.evidenceActions?.(evidence)}
    />
  ))
}

function SignaturesPart({ ticket, clock, freshVoteId }: Part & { freshVoteId: string | null }) {
  return (
    <Section
      id="signatures"
      title="Signatures"
      note={<Prose of={ticket.signatures.summary} clock={clock} />}
    >
      <Signatures lines={ticket.signatures.lines} clock={clock} freshVoteId={freshVoteId} />
    </Section>
  )
}

function GrantPart({ ticket, clock, slots }: Part) {
  const { grant } = ticket
  return (
    <Section id="grant" title="Grant" note={grantNote(grant, ticket.executionWindowMs, clock)}>
      <div>
        <GrantSteps grant={grant} runtimeName={ticket.runtimeName} clock={clock} />
        {grant && grant.checks.length > 0 && <GrantChecks checks={grant.checks} clock={clock} />}
        {grant?.canRevoke && slots.revoke && (
          <div className="acts grant-acts">
            {slots.revoke}
            <span className="hint">
              {grant.collected
                ? 'A collected token stops working at once'
                : 'You, the owner or an admin, until it is redeemed'}
            </span>
          </div>
        )}
      </div>
    </Section>
  )
}

function RecordPart({ ticket, clock }: Part) {
  const { entries, isSealed } = ticket.record
  return (
    <Section id="record" title="Record" note={recordNote(entries, isSealed, clock)}>
      <Record entries={entries} clock={clock} />
    </Section>
  )
}
