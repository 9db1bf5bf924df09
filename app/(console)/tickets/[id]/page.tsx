import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { pageView } from '#lib/queries/page-view'
import { ticketDeliveries } from '#lib/queries/slack/ticket-deliveries'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import { getWeb } from '#lib/web'
import type { PageView } from '#lib/wire/views/common'
import type { TicketDeliveriesView } from '#lib/wire/views/deliveries'
import type { TicketView } from '#lib/wire/views/ticket'
import { ForgetQuery } from '../../../_client/forget-query'
import { Live } from '../../../_client/live'
import { Places } from '../../../_client/places'
import { PrintButton } from '../../../_client/print-button'
import { PrintedAt, PrintReady } from '../../../_client/print-ready'
import { requireViewer } from '../../../_server/viewer'
import { ButtonLink } from '../../../_ui/button'
import { revealText } from '../../../_ui/reveal'
import { ApprovalRecordHead } from '../../../_ui/ticket/approval-record'
import { SlackNotices, SlackSection, saysNotice } from '../../../_ui/ticket/ticket-slack'
import { ConsolePage } from '../../console-page'
import { EvidenceArea } from './evidence-area'
import { EvidenceItems } from './evidence-items'
import { OtherEvidence } from './evidence-other'
import { RecordDownload } from './record-download'
import { CancelRequest, RevokeGrant } from './ticket-deeds'
import { TicketPage, type TicketSlots } from './ticket-page'
import { VoteArea } from './vote-area'

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<
    Partial<globalThis.Record<'signed' | 'decisions' | 'record', string | string[]>>
  >
}

/** One read for the page and its title. */
const readTicket = cache(async (requestId: string, allDecisions: boolean, allEntries: boolean) => {
  const asked = new URLSearchParams({
    ...(allDecisions && { decisions: 'all' }),
    ...(allEntries && { record: 'all' }),
  })
  const viewer = await requireViewer(`/tickets/${requestId}${asked.size > 0 ? `?${asked}` : ''}`)
  if (!isId('req', requestId)) notFound()
  const { runtime } = getWeb()
  const [page, ticket, told] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    ticketView(runtime, { requestId, viewerId: viewer.personId, allDecisions, allEntries }),
    ticketDeliveries(runtime, viewer, requestId),
  ])
  if (!ticket) notFound()
  return { page, ticket, told }
})

/** The address says which ticket, and whether all of its decisions and entries. */
async function readAsked({ params, searchParams }: Props) {
  const { decisions, record } = await searchParams
  return await readTicket((await params).id, decisions === 'all', record === 'all')
}

export async function generateMetadata(props: Props): Promise<Metadata> {
  const { ticket } = await readAsked(props)
  return { title: revealText(ticket.goal) }
}

export default async function Page(props: Props) {
  const { page, ticket, told } = await readAsked(props)
  const { signed } = await props.searchParams
  const freshVoteId = typeof signed === 'string' && isId('vot', signed) ? signed : null
  return (
    <ConsolePage
      page={page}
      current="/inbox"
      isWrapped={false}
      isBriefAbove
      bar={<VoteArea requestId={ticket.requestId} vote={ticket.vote} clock={clockOf(page)} />}
    >
      <ForgetQuery name="signed" value={freshVoteId} />
      <Places />
      <PrintReady />
      <TicketPage
        ticket={ticket}
        clock={clockOf(page)}
        slots={{ ...slotsOf(ticket, page), ...slackSlot(ticket, told, page) }}
        live={<Live requestId={ticket.requestId} readAt={page.now} />}
        freshVoteId={freshVoteId}
      />
    </ConsolePage>
  )
}

/** What is left out where the viewer cannot do it. */
function slotsOf(ticket: TicketView, page: PageView): TicketSlots {
  const { requestId, grant, supersededById } = ticket
  return {
    evidenceForm: (form) => <EvidenceArea requestId={requestId} form={form} />,
    otherEvidence: ticket.otherEvidence.length > 0 && (
      <OtherEvidence requestId={requestId} forms={ticket.otherEvidence} />
    ),
    evidence: (
      <EvidenceItems requestId={requestId} evidence={ticket.evidence} clock={clockOf(page)} />
    ),
    revoke: grant && (
      <RevokeGrant
        requestId={requestId}
        runtimeName={ticket.runtimeName ?? 'The runtime'}
        canRevoke={grant.canRevoke}
        isCollected={grant.collected !== null}
      />
    ),
    cancel: ticket.canCancel && (
      <CancelRequest requestId={requestId} callerName={ticket.caller.name} />
    ),
    printHead: (
      <ApprovalRecordHead
        ticket={ticket}
        page={page}
        clock={clockOf(page)}
        printed={<PrintedAt zone={page.zone} />}
      />
    ),
    record: (
      <span className="acts">
        {supersededById && (
          <ButtonLink size="small" href={`/tickets/${supersededById}`}>
            See what took its place
          </ButtonLink>
        )}
        <PrintButton label="Approval record" wholeHref={wholeHref(ticket)} />
      </span>
    ),
    download: <RecordDownload requestId={requestId} />,
  }
}

function slackSlot(
  ticket: TicketView,
  told: TicketDeliveriesView | null,
  page: PageView,
): Pick<TicketSlots, 'slack'> {
  if (!told) return {}
  const part = { ticket, told, clock: clockOf(page) }
  const notices = saysNotice(part) ? <SlackNotices {...part} /> : null
  return { slack: { notices, section: <SlackSection {...part} /> } }
}

/** What a client part needs of the page, and no more: it travels in the page's own bytes. */
function clockOf({ zone, now }: { zone: string; now: string }) {
  return { zone, now }
}

/** Where the record stands with all of its entries; null where it does already. */
function wholeHref({ requestId, record }: TicketView): string | null {
  return record.isWhole ? null : `/tickets/${requestId}?record=all#print`
}
