import type { ReactNode } from 'react'
import { type Clock, zoneWords } from '#lib/wire/clock'
import type { SignNeedView, SignView } from '#lib/wire/views/ticket'
import { type Fact, Facts } from '../../_ui/facts'
import { Fold } from '../../_ui/fold'
import { Icon } from '../../_ui/icon'
import { Unordered } from '../../_ui/list'
import { Brand } from '../../_ui/mark'
import { Notice } from '../../_ui/notice'
import { countText } from '../../_ui/number-words'
import { Prose } from '../../_ui/prose'
import { Claim } from '../../_ui/sent'
import { TicketState, Verdict } from '../../_ui/state'
import { Tag } from '../../_ui/tag'
import { checklistLook } from '../../_ui/ticket/checklist'
import { ContractBytes } from '../../_ui/ticket/contract'
import { EvidenceFacts } from '../../_ui/ticket/evidence'
import { Asks, behindText, environmentFact, Goal, toolFact } from '../../_ui/ticket/masthead'
import { OddLetters } from '../../_ui/ticket/odd-letters'
import { Until } from '../../_ui/time'

/** One column, one thumb, one question. The first screen holds what, on what, who, what is missing, the words, the button. */
export function SignPage({
  view,
  live,
  note,
  children,
}: {
  view: SignView
  /** Whether the page hears of changes. */
  live?: ReactNode
  /** Above everything: whose vote it would be, where that is not plain. */
  note?: ReactNode
  /** What was refused, the seal and the other ways to vote. */
  children?: ReactNode
}) {
  const { ticket } = view
  return (
    <SignSheet view={view} live={live} skipTo="seal">
      {note}
      <div className="standing">
        <Verdict verdict={ticket.verdict} />
        <TicketState state={ticket.state} />
        {ticket.closesAt && (
          <span className="soft">
            <Until at={ticket.closesAt} clock={view} /> left
          </span>
        )}
      </div>
      <Asks caller={ticket.caller} />
      <Goal goal={ticket.goal} />
      <Facts facts={signFacts(view)} />
      {ticket.notices.map((notice) => (
        <Notice key={notice.lead} tone={notice.tone} lead={notice.lead}>
          <Prose of={notice.text} clock={view} />
        </Notice>
      ))}
      <OddLetters contract={ticket.contract} />
      <ContractFold view={view} />
      {children}
    </SignSheet>
  )
}

/** The sheet itself: brand above, the request's names below. */
export function SignSheet({
  view,
  live,
  skipTo = 'main',
  children,
}: {
  view: SignView
  live?: ReactNode
  skipTo?: string
  children: ReactNode
}) {
  return (
    <div className="signing">
      <a className="skip" href={`#${skipTo}`}>
        {skipTo === 'seal' ? 'Skip to signing' : 'Skip to content'}
      </a>
      <div className="sheet">
        <header className="sheet-top">
          <Brand />
          <span>{view.organisation}</span>
        </header>
        <main id="main">{children}</main>
        <SheetFoot view={view} live={live} />
      </div>
    </div>
  )
}

function signFacts(view: SignView): Fact[] {
  const { ticket } = view
  const where = environmentFact(ticket.environment)
  return [
    { label: 'What', ...toolFact(ticket.tools) },
    {
      label: 'On what',
      value: where.value,
      sub: ticket.sideEffects.length > 0 ? <SideEffects effects={ticket.sideEffects} /> : where.sub,
    },
    {
      label: 'Behind it',
      value: behindText(ticket),
      sub: <Prose of={ticket.behind.note} clock={view} />,
    },
    { label: 'Missing', value: <Needs needs={view.needs} clock={view} /> },
  ]
}

function SideEffects({ effects }: { effects: readonly string[] }) {
  return (
    <>
      <Tag kind="claims" />{' '}
      {effects.map((effect, at) => (
        <span key={effect}>
          {at > 0 && ', '}
          <Claim text={effect} />
        </span>
      ))}
    </>
  )
}

function Needs({ needs, clock }: { needs: readonly SignNeedView[]; clock: Clock }) {
  return (
    <Unordered className="need-list">
      {needs.map((need, at) => (
        <li key={String(at)} className={checklistLook[need.state].tone}>
          <Icon name={checklistLook[need.state].icon} />
          <span>
            <Prose of={need.text} clock={clock} />
            {need.note && (
              <span className="sub">
                <Prose of={need.note} clock={clock} />
              </span>
            )}
          </span>
        </li>
      ))}
    </Unordered>
  )
}

function ContractFold({ view }: { view: SignView }) {
  const { contract, evidence } = view.ticket
  return (
    <>
      <Fold icon="hash" title={`The whole contract, ${countText(contract.byteLength)} bytes`}>
        <ContractBytes contract={contract} />
      </Fold>
      {evidence.map((item) => (
        <Fold
          key={item.id}
          icon="pen"
          title={`${item.label}, by ${item.authorName}`}
          isOpen={view.vote.isConfirmation}
        >
          <EvidenceFacts evidence={item} clock={view} />
        </Fold>
      ))}
    </>
  )
}

function SheetFoot({ view, live }: { view: SignView; live: ReactNode }) {
  return (
    <footer className="sheet-foot tiny quiet">
      <p>
        <code>{view.ticket.requestId}</code>
      </p>
      <p>
        Policy <code>{view.ticket.decision.policyVersion}</code>
      </p>
      <p>Times are {zoneWords(view)}</p>
      {live && <p>{live}</p>}
    </footer>
  )
}
