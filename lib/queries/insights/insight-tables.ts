import type { RiskClass } from '#lib/core/policy/types'
import type { InsightColumn, InsightTable } from '#lib/wire/views/insights'
import { RISK_LABELS } from '../ticket/risk-labels'
import type { ApproverRow } from './read-approvers'
import { MOST_VOTES_READ, QUICK_MS } from './read-approvers'
import { type CauseRow, MOST_HELD_READ } from './read-causes'
import type { EndingRow, SpeedRow } from './read-counts'
import { MOST_HELD_MATCHED, type RuleCount } from './read-rules'

/** Fewer than this have no middle worth the name. */
export const FEWEST_FOR_P50 = 3
/** Of fewer than this, the slowest tenth is one ticket or none. */
export const FEWEST_FOR_P90 = 10
/** A share of fewer votes says nothing about whoever gave them. */
const FEWEST_FOR_RATE = 5
const MOST_ROWS = 15

export function answersTable(endings: readonly EndingRow[]): InsightTable {
  const rows = [
    ['ALLOW', sum(endings, ({ isHeld, state }) => !isHeld && state === 'released')],
    ['DEFER', sum(endings, ({ isHeld }) => isHeld)],
    ['DENY', sum(endings, ({ isHeld, state }) => !isHeld && state === 'denied')],
  ] as const
  return {
    id: 'answers',
    title: 'What policy said first',
    note: 'Of requests that ended in this time: allowed at once, held as a ticket, or denied at once.',
    columns: [code('First answer'), count('Requests'), share('Share')],
    rows: shared(rows),
    empty: 'Nothing ended in this time.',
  }
}

const ENDINGS: Record<string, string> = {
  released: 'Released',
  rejected: 'Rejected by a person',
  denied: 'Denied by policy later',
  expired: 'Expired',
  cancelled: 'Cancelled',
  superseded: 'Superseded',
}

export function endingsTable(endings: readonly EndingRow[]): InsightTable {
  const rows = Object.entries(ENDINGS).map(
    ([state, label]) => [label, sum(endings, (one) => one.isHeld && one.state === state)] as const,
  )
  return {
    id: 'endings',
    title: 'How tickets ended',
    note: 'Of held requests. One that expired ran out of time with something missing, and nothing ran.',
    columns: [text('Ending'), count('Tickets'), share('Share')],
    rows: shared(rows),
    empty: 'No ticket ended in this time.',
  }
}

export function policiesTable(speeds: readonly SpeedRow[]): InsightTable {
  const note =
    'From the opening of a ticket to its end, of what people decided: rejected, or released with approvals. What expired, was cancelled or was decided by policy alone is not in it.'
  const rows = speeds.filter(({ policyVersion }) => policyVersion !== null)
  return {
    id: 'policies',
    title: 'Time to decide, by policy version',
    note: `${note} The version is the one a request was submitted under.`,
    columns: [code('Policy version'), ...SPEED_COLUMNS],
    rows: speedRows(rows, ({ policyVersion }) => policyVersion ?? ''),
    empty: 'People decided nothing in this time.',
  }
}

export function risksTable(speeds: readonly SpeedRow[]): InsightTable {
  const rows = speeds.filter(({ risk }) => risk !== null)
  return {
    id: 'risks',
    title: 'Time to decide, by risk',
    note: 'The same tickets by risk class. A long time may be a shut change window, or evidence that came late, and no slow approver.',
    columns: [text('Risk'), ...SPEED_COLUMNS],
    rows: speedRows(rows, ({ risk }) => RISK_LABELS[risk as RiskClass] ?? risk ?? ''),
    empty: 'People decided nothing in this time.',
  }
}

export function rulesTable({
  readCount,
  rules,
}: {
  readCount: number
  rules: readonly RuleCount[]
}): InsightTable {
  return {
    id: 'rules',
    title: 'Rules that ask for something',
    note: `How many of the newest ${readCount} tickets that ended in this time each rule applies to (at most ${MOST_HELD_MATCHED} are looked at). Several may apply to one ticket.`,
    columns: [code('Rule'), code('Policy version'), count('Tickets'), share('Share')],
    rows: rules
      .slice(0, MOST_ROWS)
      .map(({ rule, policyVersion, count: of }) => [rule, policyVersion, of, of / readCount]),
    empty: 'No rule applies to what was held: it was held for a reason that is no rule’s.',
  }
}

export function causesTable(causes: readonly CauseRow[]): InsightTable {
  const readCount = causes[0]?.readCount ?? 0
  return {
    id: 'causes',
    title: 'What was missing at first',
    note: `By the first evaluation of the newest ${readCount} tickets that ended in this time (at most ${MOST_HELD_READ} are looked at). Several may be missing at once.`,
    columns: [code('Missing'), text('Kind'), count('Tickets'), share('Share')],
    rows: causes.map(({ cause, isRequirement, count: of }) => [
      cause,
      isRequirement ? kindOf(cause) : 'Issue',
      of,
      of / readCount,
    ]),
    empty: 'No ticket ended in this time.',
  }
}

const KINDS: Record<string, string> = {
  approval: 'Approval',
  mfa: 'Second factor',
  evidence: 'Evidence',
  window: 'Change window',
  decision_point: 'Decision point',
  precondition: 'Precondition',
}

function kindOf(requirement: string): string {
  return KINDS[requirement.split(':', 1).join()] ?? 'Requirement'
}

const QUICK = `${QUICK_MS / 1000} s`

export function approversTable(approvers: readonly ApproverRow[]): InsightTable {
  return {
    id: 'approvers',
    title: 'Votes by person',
    note: `At most the newest ${MOST_VOTES_READ} votes of each. Countersign does not record who opened which page or which evidence, so it cannot say how long anybody read. A vote seconds after the ticket opened, or after the same person’s vote on another ticket, leaves little time to; it may also have been talked through elsewhere, or read in another window. Signing is the time from asking for the passkey to the vote, and no reading time either. Take a row as a reason to ask, never as a finding, and few votes as no row at all.`,
    columns: [
      text('Person'),
      { ...count('Votes'), isDrawn: true },
      count('Approvals'),
      share('Approved'),
      { label: 'Opening to vote, median', kind: 'span' },
      count(`Votes within ${QUICK} of the opening`),
      count(`Approvals within ${QUICK} of own last vote`),
      count('Votes with a passkey'),
      { label: 'Signing, median', kind: 'span' },
    ],
    rows: approvers.map((row) => [
      row.name,
      row.votes,
      row.approvals,
      row.votes < FEWEST_FOR_RATE ? null : row.approvals / row.votes,
      row.votes < FEWEST_FOR_P50 ? null : row.waitMs,
      row.soonAfterOpening,
      row.soonAfterOwn,
      row.passkeyVotes,
      row.passkeyVotes < FEWEST_FOR_P50 ? null : row.signingMs,
    ]),
    empty: 'Nobody voted in this time.',
  }
}

const SPEED_COLUMNS: InsightColumn[] = [
  count('Tickets'),
  { label: 'Half within (p50)', kind: 'span', isDrawn: true },
  { label: 'Nine of ten within (p90)', kind: 'span', isDrawn: true },
]

function speedRows(rows: readonly SpeedRow[], nameOf: (row: SpeedRow) => string) {
  return [...rows]
    .sort((a, b) => b.count - a.count || nameOf(a).localeCompare(nameOf(b), 'en'))
    .slice(0, MOST_ROWS)
    .map((row) => [nameOf(row), row.count, ...percentiles(row)])
}

/** p50 and p90 in ms; null where too few were decided for it. */
export function percentiles({ count: of, p50Ms, p90Ms }: SpeedRow): [number | null, number | null] {
  return [of < FEWEST_FOR_P50 ? null : p50Ms, of < FEWEST_FOR_P90 ? null : p90Ms]
}

function shared(rows: readonly (readonly [string, number])[]): InsightTable['rows'] {
  const total = rows.reduce((before, [, of]) => before + of, 0)
  return total === 0 ? [] : rows.map(([label, of]) => [label, of, of / total])
}

export function sum(endings: readonly EndingRow[], isIn: (row: EndingRow) => boolean): number {
  return endings.filter(isIn).reduce((before, { count: of }) => before + of, 0)
}

function text(label: string): InsightColumn {
  return { label, kind: 'text' }
}

function code(label: string): InsightColumn {
  return { label, kind: 'code' }
}

function count(label: string): InsightColumn {
  return { label, kind: 'count' }
}

function share(label: string): InsightColumn {
  return { label, kind: 'share', isDrawn: true }
}
