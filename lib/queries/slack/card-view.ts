import type { Runtime } from '#lib/runtime'
import { fitsWhole } from '#lib/wire/slack-budget'
import type { CardView } from '#lib/wire/views-slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { ticketViewOf } from '../ticket/ticket-view'
import { readableContract } from './readable'

/** A request as everybody sees it in Slack; null when there is none. */
export async function cardView(runtime: Runtime, requestId: string): Promise<CardView | null> {
  const picture = await loadTicket(runtime, requestId, null)
  return picture && cardViewOf(runtime, picture)
}

export function cardViewOf(runtime: Pick<Runtime, 'config'>, picture: TicketPicture): CardView {
  const view = ticketViewOf(picture, [])
  const { contract } = picture
  const text = readableContract(contract)
  const isOpen = view.state === 'open'
  return {
    now: new Date(picture.now).toISOString(),
    zone: picture.zone,
    requestId: view.requestId,
    ticketUrl: `${runtime.config.publicUrl}/tickets/${view.requestId}`,
    state: view.state,
    headline: isOpen ? 'Approval needed' : view.state,
    subject: {
      tool: contract.tools[0] ?? '',
      moreToolCount: Math.max(0, contract.tools.length - 1),
      amount: null,
    },
    environment: view.environment,
    callerName: view.caller.name,
    ownerName: view.behind.ownerName,
    riskLabels: [...new Set(view.tools.map(({ riskLabel }) => riskLabel ?? 'Unknown tool'))],
    goal: view.goal,
    payee: null,
    arguments: null,
    story: view.standing,
    note: null,
    submittedAt: view.submittedAt,
    closesAt: view.closesAt,
    closedAt: view.closedAt,
    missing: view.checklist
      .filter(({ state }) => state !== 'met')
      .map(({ kind, title }) => ({ kind, text: title })),
    readable: { text, isWhole: fitsWhole([text]) },
    review: view.vote.review,
    offer: offerOf(picture, fitsWhole([text])),
    canAddEvidence: isOpen,
    policyVersion: view.decision.policyVersion,
  }
}

/** Only what the core would accept from Slack is offered there; one approval that it would not takes the offer away. */
export function offerOf({ evaluation }: TicketPicture, isWhole: boolean): CardView['offer'] {
  if (!isWhole) return 'console'
  const requirements = evaluation.requirements.map(({ requirement }) => requirement)
  const takesCodes = requirements.every((one) => {
    if (one.kind === 'mfa') return one.level === 'any'
    if (one.kind !== 'approval') return true
    return one.via.includes('slack') && one.slack_totp && one.mfa === 'any'
  })
  return takesCodes ? 'code' : 'passkey'
}
