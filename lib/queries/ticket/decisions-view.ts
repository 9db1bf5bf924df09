import { describeRequirement } from '#lib/core/policy/describe-requirement'
import type { Issue, RequirementState, RequirementStatus } from '#lib/core/policy/types'
import { deepEqual } from '#lib/core/ticket/deep-equal'
import type { Prose } from '#lib/wire/views/common'
import type { DecisionChangeView, DecisionEntryView, DecisionsView } from '#lib/wire/views/history'
import type { TicketPicture } from './load-ticket'
import type { DecisionRecord } from './read-decisions'
import { readerOf } from './reader'
import { entryText } from './record-view'
import { isReviewChange } from './review-changes'

/** More changes of one decision than this are counted. */
const MOST_CHANGES = 30
/** Of what arrived between two decisions, the newest are named. */
const MOST_CAUSES = 3

/** The evaluations, newest first, each with what it changed. `records` may hold one more than is shown, to compare with. */
export function decisionsView(
  picture: TicketPicture,
  records: readonly DecisionRecord[],
  most: number,
): DecisionsView {
  return {
    entries: records
      .slice(0, most)
      .map((record, at) => entryView(picture, record, records[at + 1] ?? null)),
    totalCount: Math.max(picture.ticket.decisionOrdinal, records[0]?.ordinal ?? 0),
  }
}

function entryView(
  picture: TicketPicture,
  record: DecisionRecord,
  before: DecisionRecord | null,
): DecisionEntryView {
  const changes = before ? changesOf(picture, record, before) : beginning(picture, record)
  const shown = changes.slice(0, MOST_CHANGES)
  if (shown.length < changes.length) {
    shown.push(plain([`${changes.length - shown.length} more changes`]))
  }
  return {
    ordinal: record.ordinal,
    at: record.at.toISOString(),
    verdict: record.verdict,
    policyVersion: record.policyVersion,
    cause: causeOf(picture, record, before),
    changes: shown,
  }
}

/** Why it was evaluated: what people did since the decision before, else what woke it. */
function causeOf(
  picture: TicketPicture,
  record: DecisionRecord,
  before: DecisionRecord | null,
): Prose {
  const from = before?.at.getTime() ?? Number.POSITIVE_INFINITY
  const to = record.at.getTime()
  const came = picture.events.filter(
    (event) => isReviewChange(event) && event.at.getTime() > from && event.at.getTime() <= to,
  )
  const named = came.slice(-MOST_CAUSES)
  if (named.length === 0) return [CAUSES[record.cause] ?? 'Looked at again']
  const more = came.length > named.length ? [`${came.length - named.length} earlier changes. `] : []
  return [
    ...more,
    ...named.flatMap((event, at) => [...(at === 0 ? [] : ['. ']), ...entryText(picture, event)]),
  ]
}

const CAUSES: Record<string, string> = {
  submit: 'The contract arrived',
  clock: 'Time passed',
  input: 'A fact changed',
  sweep: 'Looked at again',
}

function beginning(picture: TicketPicture, { issues, requirements }: DecisionRecord) {
  const asked = requirements.map((status): DecisionChangeView => {
    const text = `${titleOf(picture, status)}: ${stateWords(status)}`
    return { tone: TONES[status.state], text: [text] }
  })
  const told = [...asked, ...ownIssues(issues).map((issue) => issueChange(issue, ''))]
  return told.length > 0 ? told : [plain(['Policy asks for nothing here'])]
}

function changesOf(
  picture: TicketPicture,
  record: DecisionRecord,
  before: DecisionRecord,
): DecisionChangeView[] {
  const changes: DecisionChangeView[] = []
  if (record.verdict !== before.verdict) {
    const tone = record.verdict === 'ALLOW' ? 'go' : 'stop'
    const text = `The verdict went from ${before.verdict} to ${record.verdict}`
    changes.push({ tone: record.verdict === 'DEFER' ? 'hold' : tone, text: [text] })
  }
  if (record.policyVersion !== before.policyVersion) {
    const version = { kind: 'code', text: record.policyVersion } as const
    changes.push(plain(['Evaluated under ', version]))
  }
  changes.push(...requirementChanges(picture, record.requirements, before.requirements))
  changes.push(...issueChanges(record.issues, before.issues))
  return changes.length > 0 ? changes : [plain(['Nothing that is asked for changed'])]
}

function requirementChanges(
  picture: TicketPicture,
  now: readonly RequirementStatus[],
  before: readonly RequirementStatus[],
): DecisionChangeView[] {
  const was = new Map(before.map((status) => [status.requirement.id, status]))
  const still = new Set(now.map(({ requirement }) => requirement.id))
  const gone = before.filter(({ requirement }) => !still.has(requirement.id))
  return [
    ...now.flatMap((status) => {
      const change = oneChange(status, was.get(status.requirement.id))
      if (change === null) return []
      const text = `${titleOf(picture, status)}: ${change}`
      return [{ tone: TONES[status.state], text: [text] }]
    }),
    ...gone.map((status) => plain([`${titleOf(picture, status)}: asked for no more`])),
  ]
}

/** "now met, was missing", "one more vote counts, 1 of 2" */
function oneChange(now: RequirementStatus, was: RequirementStatus | undefined): string | null {
  if (!was) return `newly asked for, ${stateWords(now)}`
  if (!deepEqual(now.requirement, was.requirement)) return `its terms changed, ${stateWords(now)}`
  if (now.state !== was.state) return `now ${stateWords(now)}, was ${STATES[was.state]}`
  const [counted, before] = [now.progress?.counted, was.progress?.counted]
  if (counted === undefined || before === undefined || counted === before) return null
  return `${counted} of ${now.progress?.needed} given, ${before} before`
}

function stateWords({ state, progress }: RequirementStatus): string {
  const isPart = state === 'missing' && progress !== undefined && progress.needed > 1
  return isPart ? `${progress.counted} of ${progress.needed} given` : STATES[state]
}

const STATES: Record<RequirementState, string> = {
  met: 'met',
  missing: 'missing',
  to_confirm: 'to confirm',
  waiting: 'not open yet',
  at_redeem: 'compared at redeem',
}

const TONES: Record<RequirementState, DecisionChangeView['tone']> = {
  met: 'go',
  missing: 'hold',
  to_confirm: 'hold',
  waiting: 'plain',
  at_redeem: 'plain',
}

function titleOf(picture: TicketPicture, status: RequirementStatus): string {
  return describeRequirement(status, readerOf(picture)).title
}

/** An issue that a requirement ends is told by the requirement. */
function ownIssues(issues: readonly Issue[]): Issue[] {
  return issues.filter(({ requirement }) => requirement === undefined)
}

function issueChanges(now: readonly Issue[], before: readonly Issue[]): DecisionChangeView[] {
  const keyOf = ({ code, path }: Issue) => `${code} ${path ?? ''}`
  const known = new Set(ownIssues(before).map(keyOf))
  const still = new Set(ownIssues(now).map(keyOf))
  return [
    ...ownIssues(now)
      .filter((issue) => !known.has(keyOf(issue)))
      .map((issue) => issueChange(issue, 'New: ')),
    ...ownIssues(before)
      .filter((issue) => !still.has(keyOf(issue)))
      .map((issue) => ({ ...issueChange(issue, 'No more: '), tone: 'plain' as const })),
  ]
}

function issueChange({ severity, code, message }: Issue, lead: string): DecisionChangeView {
  const tones = { deny: 'stop', defer: 'hold', warn: 'plain' } as const
  return {
    tone: tones[severity],
    text: [`${lead}${message.replace(/\.$/u, '')} `, { kind: 'code', text: code }],
  }
}

function plain(text: Prose): DecisionChangeView {
  return { tone: 'plain', text }
}
