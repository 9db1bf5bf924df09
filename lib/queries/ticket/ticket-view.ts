import { matchTool } from '#lib/core/policy/match-tool'
import { legality } from '#lib/core/ticket/legal'
import type { Runtime } from '#lib/runtime'
import type { NoticeView, TicketView } from '#lib/wire/views/ticket'
import { checklistView } from './checklist-view'
import { contractView } from './contract-view'
import { decisionsView } from './decisions-view'
import { missingEvidence, otherEvidence } from './evidence-forms'
import { evidenceViews } from './evidence-view'
import { grantView } from './grant-view'
import { loadTicket, type TicketPicture } from './load-ticket'
import { neighbourView, readNeighbours } from './neighbour-view'
import { isOwnChange, OWN_PLACE } from './own-change'
import { oneOf } from './people-words'
import { readDecisions } from './read-decisions'
import { NEWEST_TOLD, recordView } from './record-view'
import { RISK_LABELS } from './risk-labels'
import { riskView } from './risk-view'
import { signaturesView } from './signatures-view'
import { silenceNotices } from './silence-notice'
import { standingOf } from './standing'
import { voteBarView } from './vote-bar-view'

const FOUR_HOURS_MS = 4 * 60 * 60 * 1000
/** Who may be named in a rollback plan, most. */
const MOST_PEOPLE = 200
/** Evaluations that a page shows at once, and where somebody asks for all of them. The audit export has every one. */
const NEWEST_DECISIONS = 20
const MOST_DECISIONS = 500

/** Everything the ticket page shows to one viewer; null when there is no such request. */
export async function ticketView(
  runtime: Runtime,
  input: {
    requestId: string
    viewerId: string | null
    allDecisions?: boolean
    allEntries?: boolean
  },
): Promise<TicketView | null> {
  const newestEntries = input.allEntries ? null : NEWEST_TOLD
  const picture = await loadTicket(runtime, input.requestId, input.viewerId, { newestEntries })
  if (!picture) return null
  const { db } = runtime
  const { supersedes, superseded_by } = picture.rows.request
  const most = input.allDecisions ? MOST_DECISIONS : NEWEST_DECISIONS
  const [people, records, neighbours] = await Promise.all([
    picture.ticket.state === 'open'
      ? db.person.findMany({
          where: { active: true },
          select: { id: true, name: true },
          orderBy: { name: 'asc' },
          take: MOST_PEOPLE,
        })
      : [],
    readDecisions(db, input.requestId, most),
    readNeighbours(db, [supersedes, superseded_by]),
  ])
  return {
    ...ticketViewOf(picture, people),
    record: recordView(picture, input.allEntries ?? false),
    decisions: decisionsView(picture, records, most),
    older: neighbourView(picture, neighbours, 'older'),
    newer: neighbourView(picture, neighbours, 'newer'),
  }
}

export function ticketViewOf(
  picture: TicketPicture,
  people: { id: string; name: string }[],
): TicketView {
  const { ticket, rows, contract } = picture
  return {
    requestId: ticket.requestId,
    verdict: rows.request.verdict as TicketView['verdict'],
    state: ticket.state,
    submittedAt: iso(ticket.submittedAt),
    closesAt: ticket.deadlineAt === null ? null : iso(ticket.deadlineAt),
    closedAt: ticket.closedAt === null ? null : iso(ticket.closedAt),
    decision: {
      ordinal: ticket.decisionOrdinal,
      decidedAt: picture.decidedAt.toISOString(),
      policyVersion: rows.request.policy_version,
    },
    caller: {
      id: rows.caller.id,
      name: rows.caller.name,
      kind: KINDS[rows.caller.kind] ?? 'agent',
    },
    goal: contract.goal,
    tools: contract.tools.map((name) => ({ name, riskLabel: riskLabelOf(picture, name) })),
    environment: environmentOf(picture),
    behind: behindOf(picture),
    runtimeName: rows.caller.audience,
    externalTicket: textOrNull(contract.context?.['ticket_id']),
    // Of a change of the installation Countersign wrote them itself: they are nobody's claim.
    sideEffects: isOwnChange(picture) ? [] : (contract.side_effects ?? []),
    standing: standingOf(picture),
    notices: noticesOf(picture),
    checklist: checklistView(picture),
    contract: contractView(picture),
    evidence: evidenceViews(picture),
    evidenceForms: missingEvidence(picture, people),
    otherEvidence: otherEvidence(picture, people),
    signatures: signaturesView(picture),
    executionWindowMs: picture.policies[0]?.executionWindowMs ?? FOUR_HOURS_MS,
    grant: grantView(picture),
    record: { entries: [], isSealed: picture.isSealed, isWhole: false, olderCount: 0 },
    vote: voteBarView(picture),
    canCancel: mayCancel(picture),
    supersedesId: rows.request.supersedes,
    supersededById: rows.request.superseded_by,
    risk: riskView(picture),
    decisions: { entries: [], totalCount: ticket.decisionOrdinal },
    older: null,
    newer: null,
  }
}

const KINDS: Record<string, TicketView['caller']['kind'] | undefined> = {
  ci_job: 'ci',
  console: 'console',
}

function riskLabelOf({ policies }: TicketPicture, tool: string): string | null {
  const entry = policies[0] && matchTool(policies[0], tool)
  return entry ? RISK_LABELS[entry.risk] : null
}

function environmentOf({ rows, contract }: TicketPicture): TicketView['environment'] {
  if (isOwnChange({ rows })) return { name: OWN_PLACE, registered: true, isOwn: true }
  const { environment } = rows.request
  if (environment !== null) return { name: environment, registered: true }
  const claimed = textOrNull(contract.context?.['environment'])
  return { name: claimed ?? 'not stated', registered: false }
}

function behindOf({ rows, facts, nameOf }: TicketPicture): TicketView['behind'] {
  const ownerName = nameOf(rows.caller.owner_id)
  const others = facts.requesters.filter((id) => id !== rows.caller.owner_id).map(nameOf)
  if (isOwnChange({ rows })) return { ownerName, note: [`${ownerName} asked and cannot vote.`] }
  const maker =
    rows.keyCreatedBy === rows.caller.owner_id
      ? `${ownerName} also made its key and cannot vote.`
      : null
  if (others.length === 0) return { ownerName, note: [maker ?? `${ownerName} cannot vote.`] }
  return { ownerName, note: [`${oneOf([ownerName, ...others], 'and')} cannot vote.`] }
}

/** Warnings that no checklist item tells: what the policy noticed and does not hold for. */
function noticesOf(picture: TicketPicture): NoticeView[] {
  const { evaluation, ticket, rows } = picture
  if (ticket.state !== 'open') return silenceNotices(picture)
  const told = evaluation.issues.filter(
    ({ code, requirement }) => requirement === undefined && code !== 'unbound_arguments',
  )
  const notices: NoticeView[] = told.map(({ severity, message, code }) => ({
    tone: severity === 'deny' ? 'stop' : 'hold',
    lead: message,
    text: [{ kind: 'code', text: code }],
  }))
  if (ticket.inputSeq > rows.request.evaluated_seq) {
    const text = ['It is released by itself as soon as nothing is missing.']
    notices.push({ tone: 'plain', lead: 'Being evaluated again.', text })
  }
  return notices
}

function mayCancel({ ticket, viewerId, rows, facts }: TicketPicture): boolean {
  if (viewerId === null || !legality(ticket, 'cancel').ok) return false
  const person = facts.directory.people[viewerId]
  return (
    person?.active === true && (viewerId === rows.caller.owner_id || person.roles.includes('admin'))
  )
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
