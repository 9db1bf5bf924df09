import type { Runtime } from '#lib/runtime'
import type { CardView } from '#lib/wire/views/slack'
import { loadTicket, type TicketPicture } from '../ticket/load-ticket'
import { isOwnChange } from '../ticket/own-change'
import { ticketViewOf } from '../ticket/ticket-view'
import { headlineOf } from './headline'
import { evidenceIn, missingOf, takesCode, wantsVote } from './missing'
import { readableJson } from './readable'
import { evidenceRead, readableOf } from './reading'
import { noteOf, storyOf } from './story'
import { payeeOf, subjectOf } from './subject'

/** A request as everybody sees it in Slack; null when there is none. */
export async function cardView(runtime: Runtime, requestId: string): Promise<CardView | null> {
  const picture = await loadTicket(runtime, requestId, null)
  return picture && cardViewOf(runtime, picture)
}

export function cardViewOf(runtime: Pick<Runtime, 'config'>, picture: TicketPicture): CardView {
  const view = ticketViewOf(picture, [])
  const { contract } = picture
  const isOpen = view.state === 'open'
  const readable = readableOf(picture)
  return {
    now: new Date(picture.now).toISOString(),
    zone: picture.zone,
    requestId: view.requestId,
    ticketUrl: `${runtime.config.publicUrl}/tickets/${view.requestId}`,
    state: view.state,
    headline: headlineOf(picture),
    subject: subjectOf(contract),
    environment: view.environment,
    callerName: view.caller.name,
    ...(isOwnChange(picture) && { isOwnChange: true }),
    ownerName: view.behind.ownerName,
    riskLabels: [...new Set(view.tools.map(({ riskLabel }) => riskLabel ?? 'Unknown tool'))],
    goal: view.goal,
    payee: payeeOf(contract),
    arguments: isBound(contract.arguments) ? readableJson(contract.arguments) : null,
    story: storyOf(picture),
    note: noteOf(picture),
    notices: view.notices.filter(({ tone }) => tone !== 'plain').map(({ lead }) => lead),
    submittedAt: view.submittedAt,
    closesAt: view.closesAt,
    closedAt: view.closedAt,
    missing: isOpen ? missingOf(picture) : [],
    readable,
    evidence: evidenceRead(picture),
    review: reviewOf(view.vote.review),
    offer: offerOf(
      readable.isWhole,
      takesCode(picture, () => true),
    ),
    isSigned: picture.evaluation.countedVotes.length > 0,
    wantsVote: isOpen && wantsVote(picture),
    evidenceIn: isOpen ? evidenceIn(picture) : null,
    policyVersion: view.decision.policyVersion,
  }
}

/** A contract that Slack does not show whole is not voted on there, whatever policy accepts. */
export function offerOf(isWhole: boolean, isCodeTaken: boolean): CardView['offer'] {
  if (!isWhole) return 'console'
  return isCodeTaken ? 'code' : 'passkey'
}

function reviewOf(review: CardView['review']): CardView['review'] {
  if (review === null) return null
  const { digest, words, isUnbound } = review
  return { digest, words, isUnbound }
}

function isBound(
  bound: TicketPicture['contract']['arguments'],
): bound is NonNullable<typeof bound> {
  return bound !== undefined && Object.keys(bound).length > 0
}
