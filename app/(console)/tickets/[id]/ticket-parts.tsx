import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { EvidenceFormView, TicketView } from '#lib/wire/views/ticket'
import { Notice } from '../../../_ui/notice'
import { counted } from '../../../_ui/number-words'
import { Prose } from '../../../_ui/prose'
import { Section } from '../../../_ui/section'
import { SignatureProofs } from '../../../_ui/ticket/approval-record'
import { Checklist, checklistSummary } from '../../../_ui/ticket/checklist'
import { ParallelText } from '../../../_ui/ticket/contract'
import { EvidenceSection } from '../../../_ui/ticket/evidence'
import { GrantChecks, GrantSteps, grantNote } from '../../../_ui/ticket/grant'
import { OddLetters } from '../../../_ui/ticket/odd-letters'
import { recordNote } from '../../../_ui/ticket/record'
import { Risk } from '../../../_ui/ticket/risk'
import { Changes, Successor } from '../../../_ui/ticket/supersession'
import { Signatures } from '../../../_ui/vote/signatures'
import { DecisionEntries, RecordEntries } from './history'

/** What a person can do on the page; each is left out where they cannot. */
export interface TicketSlots {
  /** At the end of the standing line, once it has ended: print, or see what superseded it. */
  record?: ReactNode
  /** Beside it: the signed record of this request as a file. */
  download?: ReactNode
  /** Heads the printed record, and is seen nowhere else. */
  printHead?: ReactNode
  /** The form for an item that is missing. */
  evidenceForm?: (form: EvidenceFormView) => ReactNode
  /** Attaches what the checklist does not wait for. */
  otherEvidence?: ReactNode
  /** The items on file, with what withdraws or rejects each; without it they are shown alone. */
  evidence?: ReactNode
  revoke?: ReactNode
  cancel?: ReactNode
  /** Where Slack was told of it; `notices` say at the top what went wrong there. */
  slack?: { notices: ReactNode; section: ReactNode }
}

export interface Part {
  ticket: TicketView
  clock: Clock
  slots: TicketSlots
}

export function NoticesPart({ ticket, clock, slots }: Part) {
  const more = slots.slack?.notices
  return (
    <div className="stack notices">
      <OddLetters contract={ticket.contract} />
      {ticket.notices.map((notice) => (
        <Notice key={notice.lead} tone={notice.tone} lead={notice.lead}>
          <Prose of={notice.text} clock={clock} />
        </Notice>
      ))}
      {more}
    </div>
  )
}

export function MissingPart({ ticket, clock, slots }: Part) {
  const isOpen = ticket.state === 'open'
  if (ticket.checklist.length === 0) return null
  return (
    <Section
      id="missing"
      title={isOpen ? 'What is missing' : 'What was asked for'}
      note={checklistSummary(ticket.checklist, isOpen)}
      linkName="Link to the checklist"
    >
      <div>
        <Checklist
          items={ticket.checklist}
          clock={clock}
          isOver={!isOpen}
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

export function RiskPart({ ticket, clock }: Part) {
  return (
    <Section
      id="risk"
      title="What it may do"
      note="From the contract, the policy’s tool table and what is registered. Claims can only add demands."
      linkName="Link to what it may do"
    >
      <Risk ticket={ticket} clock={clock} />
    </Section>
  )
}

/** The requests before and after this one. */
export function ChangesPart({ ticket, clock }: Part) {
  if (!ticket.older) return null
  return (
    <Section
      id="changes"
      title="What it changes"
      note="It took the place of an earlier request, which can run no more. Votes on that one do not count here."
      linkName="Link to what it changes"
    >
      <Changes older={ticket.older} clock={clock} />
    </Section>
  )
}

export function SuccessorPart({ ticket, clock }: Part) {
  if (!ticket.newer) return null
  return (
    <Section
      id="successor"
      title="What took its place"
      note="The same caller asked anew. This request can run no more, and nobody said no to it."
      linkName="Link to what took its place"
    >
      <Successor newer={ticket.newer} clock={clock} />
    </Section>
  )
}

export function ContractPart({ ticket, clock }: Part) {
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
      linkName="Link to the contract"
    >
      <ParallelText
        contract={ticket.contract}
        clock={clock}
        isSigned={!isOpen}
        // What changed since the earlier request is never folded away.
        isFoldable={!ticket.older || ticket.older.difference.kind === 'none'}
      />
    </Section>
  )
}

export function EvidenceForms({ ticket, clock, slots }: Part) {
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

export function OtherPart({ slots }: Part) {
  if (!slots.otherEvidence) return null
  return (
    <Section
      id="attach-other"
      title="Attach something else"
      note="Nothing waits for it. It is kept with the request, and whoever votes from then on reviews it too."
      isPrinted={false}
    >
      {slots.otherEvidence}
    </Section>
  )
}

export function EvidencePart({ ticket, clock, slots }: Part) {
  if (slots.evidence) return slots.evidence
  return ticket.evidence.map((evidence) => (
    <EvidenceSection key={evidence.id} evidence={evidence} clock={clock} />
  ))
}

export function SignaturesPart({
  ticket,
  clock,
  freshVoteId,
}: Part & { freshVoteId: string | null }) {
  return (
    <Section
      id="signatures"
      title="Signatures"
      note={<Prose of={ticket.signatures.summary} clock={clock} />}
      linkName="Link to the signatures"
    >
      <div>
        <Signatures lines={ticket.signatures.lines} clock={clock} freshVoteId={freshVoteId} />
        <SignatureProofs lines={ticket.signatures.lines} clock={clock} />
      </div>
    </Section>
  )
}

export function GrantPart({ ticket, clock, slots }: Part) {
  const { grant } = ticket
  return (
    <Section
      id="grant"
      title="Grant"
      note={grantNote(grant, ticket.executionWindowMs, clock)}
      linkName="Link to the grant"
    >
      <div>
        <GrantSteps grant={grant} runtimeName={ticket.runtimeName} clock={clock} />
        {grant && grant.checks.length > 0 && <GrantChecks checks={grant.checks} clock={clock} />}
        {grant && slots.revoke}
      </div>
    </Section>
  )
}

export function DecisionsPart({ ticket, clock }: Part) {
  const { decisions } = ticket
  if (decisions.entries.length === 0) return null
  const isWhole = decisions.entries.length >= decisions.totalCount
  const isAsked = decisions.entries.length > SHOWN_FIRST
  return (
    <Section
      id="decisions"
      title="Decisions"
      note="Each evaluation by policy that said something new, the newest first, with what it changed."
      linkName="Link to the decisions"
    >
      <DecisionEntries
        decisions={decisions}
        clock={clock}
        allHref={isWhole || isAsked ? null : `/tickets/${ticket.requestId}?decisions=all#decisions`}
      />
    </Section>
  )
}

/** As many as a page shows before all of them are asked for. */
const SHOWN_FIRST = 20

export function RecordPart({ ticket, clock, slots }: Part) {
  return (
    <Section
      id="record"
      title="Record"
      note={recordNote(ticket.record, clock)}
      linkName="Link to the record"
    >
      <div>
        <OlderEntries ticket={ticket} />
        <RecordEntries entries={ticket.record.entries} clock={clock} />
        {ticket.state === 'open' && slots.download && <div className="acts">{slots.download}</div>}
      </div>
    </Section>
  )
}

/** Before the first entry, where there are more than a page tells at once. */
function OlderEntries({ ticket }: Pick<Part, 'ticket'>) {
  const { olderCount, isWhole } = ticket.record
  if (olderCount === 0 || isWhole) return null
  return (
    <p className="parallel-note no-print">
      <a href={`/tickets/${ticket.requestId}?record=all#record`} data-older-entries>
        Show {counted(olderCount, 'older entry', 'older entries')}
      </a>
    </p>
  )
}
