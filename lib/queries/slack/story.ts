import { heldSentence } from '#lib/core/policy/held-sentence'
import {
  approverWords,
  capitalised,
  listed,
  memberWords,
  numberWord,
  plainName,
  timeWords,
} from '#lib/core/policy/plain-words'
import type { RequirementStatus } from '#lib/core/policy/types'
import type { Prose, Run } from '#lib/wire/views/common'
import type { NoteView } from '#lib/wire/views/slack'
import { grantView } from '../ticket/grant-view'
import type { TicketPicture, VoteRecord } from '../ticket/load-ticket'
import { isOwnChange, ownGrantWords } from '../ticket/own-change'
import { readerOf } from '../ticket/reader'
import { REJECT_REASONS } from '../ticket/vote-bar-view'
import { isEvaluated, outstanding } from './missing'

/** Why it stands where it stands, who did it and when, and what happens next. Nothing in it was written by a caller. */
export function storyOf(picture: TicketPicture): Prose {
  const { ticket, rows, nameOf } = picture
  const by = rows.request.closed_by === null ? null : nameOf(rows.request.closed_by)
  const at = timeRun(ticket.closedAt ?? picture.now)
  const caller = rows.caller.name
  switch (ticket.state) {
    case 'open':
      return heldStory(picture)
    case 'released':
      return [...signedTogether(picture), ...grantStory(picture)]
    case 'rejected':
      return [
        `${by ?? 'An approver'} rejected it at `,
        at,
        `${reasonWords(picture)}. Nothing will run.`,
      ]
    case 'denied':
      return ['Policy denied it at ', at, '. Nothing will run.']
    case 'expired':
      return [
        expiryWords(picture),
        timeRun(ticket.deadlineAt ?? picture.now),
        `. That is not a no. ${caller} may ask again.`,
      ]
    case 'cancelled':
      return [`${by ?? caller} took it back at `, at, '. Nothing ran.']
    case 'superseded':
      return [
        `${caller} sent a newer request in its place at `,
        at,
        ': ',
        { kind: 'code', text: rows.request.superseded_by ?? '' },
        '. Nothing ran.',
      ]
  }
}

/** What was written about the end of it: by the person who rejected or cancelled, or in the policy's rule. */
export function noteOf({ ticket, rows, evaluation, nameOf }: TicketPicture): NoteView | null {
  const reason = rows.request.close_reason as { note?: unknown; reason?: unknown } | null
  const by = rows.request.closed_by
  const who = by === null ? rows.caller.name : nameOf(by)
  switch (ticket.state) {
    case 'rejected':
      return noteIn(who, reason?.note)
    case 'cancelled':
      return noteIn(who, reason?.reason)
    case 'denied': {
      const denials = evaluation.issues.filter(({ severity }) => severity === 'deny')
      const text = denials.map(({ message }) => message).join('\n')
      return text === '' ? null : { lead: 'What policy says:', text }
    }
    default:
      return null
  }
}

export function noteIn(who: string, text: unknown): NoteView | null {
  if (typeof text !== 'string' || text === '') return null
  return { lead: `${who}, in their own words:`, text }
}

function heldStory(picture: TicketPicture): Prose {
  const votes = countedVotes(picture)
  if (votes.length > 0) return [...votesGiven(picture, votes), ...stillMissing(picture)]
  const whole = heldSentence(picture.evaluation, readerOf(picture))
  // What ends it is the list below it.
  const [, because] = /^(Held because .*?\.)(?: Nothing runs until)/su.exec(whole) ?? []
  return [because ?? whole]
}

/** "Mara Lindqvist approved with a passkey at 10:54." */
function votesGiven({ nameOf }: TicketPicture, votes: readonly VoteRecord[]): Prose {
  const shown = votes.slice(-MOST_VOTES)
  const rest = votes.length - shown.length
  return [
    ...(rest > 0 ? [`${capitalised(numberWord(rest))} approved before. `] : []),
    ...shown.flatMap((vote): Run[] => [
      `${nameOf(vote.personId)} approved${METHODS[vote.method] ?? ''} at `,
      timeRun(vote.at.getTime()),
      '. ',
    ]),
  ]
}

const MOST_VOTES = 3
const METHODS: Record<string, string> = { passkey: ' with a passkey', totp: ' with a code' }

/** "A rollback plan is missing.", "The rollback plan came after that and has to be confirmed." */
function stillMissing(picture: TicketPicture): Prose {
  const waits = outstanding(picture)
  const parts = waits.flatMap((status) => missingPart(picture, status))
  const missing =
    parts.length === 0 ? [] : [`${capitalised(listed(parts, 'and'))} ${areWord(parts)} missing.`]
  const sentences = [...missing, ...waits.flatMap((status) => waitSentence(picture, status))]
  if (sentences.length > 0) return [sentences.join(' ')]
  return [isEvaluated(picture) ? 'Nothing is missing now.' : 'It is being evaluated.']
}

/** "It needs one more release manager and a rollback plan."; null when nothing is missing. */
export function needsOf(picture: TicketPicture): string | null {
  const waits = outstanding(picture)
  const parts = waits.flatMap((status) => missingPart(picture, status))
  const needs = parts.length === 0 ? [] : [`It needs ${listed(parts, 'and')}.`]
  const sentences = [...needs, ...waits.flatMap((status) => waitSentence(picture, status))]
  return sentences.length === 0 ? null : sentences.join(' ')
}

function areWord(parts: readonly string[]): string {
  return parts.length > 1 || parts.some((part) => /^(?!one )\w+ more /u.test(part)) ? 'are' : 'is'
}

function missingPart(picture: TicketPicture, { requirement, state, progress }: RequirementStatus) {
  if (state !== 'missing') return []
  const reader = readerOf(picture)
  switch (requirement.kind) {
    case 'approval': {
      const left = Math.max(1, (progress?.needed ?? 1) - (progress?.counted ?? 0))
      return 'group' in requirement.tree
        ? [`${numberWord(left)} more ${memberWords(requirement.tree.group, left, reader)}`]
        : [`approval by ${approverWords(requirement.tree, reader)}`]
    }
    case 'evidence':
      return [article(plainName(requirement.type))]
    case 'decision_point':
      return [`a yes of ${requirement.name}`]
    default:
      return []
  }
}

function waitSentence(picture: TicketPicture, status: RequirementStatus): string[] {
  const { requirement, state, opensAt } = status
  if (requirement.kind === 'evidence' && state === 'to_confirm') {
    return [`The ${plainName(requirement.type)} came after that and has to be confirmed.`]
  }
  if (requirement.kind === 'change_window' && state === 'waiting') {
    const name = capitalised(plainName(requirement.calendar))
    const opens = name.endsWith('s') ? 'open' : 'opens'
    const when = opensAt === undefined ? 'later' : timeWords(opensAt, readerOf(picture))
    return [`${name} ${opens} ${when}.`]
  }
  return requirement.kind === 'decision_point' && state === 'waiting'
    ? [`${requirement.name} has not answered.`]
    : []
}

function article(name: string): string {
  return /s$/u.test(name) ? name : `${/^[aeiou]/iu.test(name) ? 'an' : 'a'} ${name}`
}

/** "Mara Lindqvist signed at 11:20 and Tomás Rey at 11:31, with the rollback plan in view. " */
function signedTogether(picture: TicketPicture): Prose {
  const votes = countedVotes(picture).slice(-MOST_VOTES)
  if (votes.length === 0) return ['Policy asks for no signature here. ']
  const runs = votes.flatMap((vote, at): Run[] => {
    const between = at === votes.length - 1 ? ' and ' : ', '
    const name = picture.nameOf(vote.personId)
    const lead = at === 0 ? `${name} signed at ` : `${between}${name} at `
    return [lead, timeRun(vote.at.getTime())]
  })
  const seen = picture.evaluation.requirements.flatMap(({ requirement }) =>
    requirement.kind === 'evidence' && !requirement.approve_before_evidence
      ? [`the ${plainName(requirement.type)}`]
      : [],
  )
  const view = seen.length === 0 ? '' : ` with ${listed(seen, 'and')} in view`
  return [...runs, `${votes.length > 1 && view !== '' ? ',' : ''}${view}. `]
}

function grantStory(picture: TicketPicture): Prose {
  const grant = grantView(picture)
  if (!grant) return []
  if (isOwnChange(picture)) return [ownGrantWords(picture)]
  const runtime = picture.rows.caller.audience
  const redeemed: Prose =
    grant.redeemed === null
      ? []
      : ['Redeemed once at ', { kind: 'time', at: grant.redeemed.at, form: 'seconds' }, '.']
  switch (grant.state) {
    case 'ready':
      return [`It has not run yet: ${runtime} can collect the allow token.`]
    case 'collected':
      return [`It has not run yet: ${runtime} has the allow token.`]
    case 'redeemed':
      return redeemed
    case 'reported':
      return [...redeemed, ` ${OUTCOMES[grant.reported?.outcome ?? 'unknown']}`]
    default:
      return grant.ended?.reason ?? []
  }
}

const OUTCOMES = {
  succeeded: 'It succeeded.',
  failed: 'It failed.',
  rolled_back: 'It was rolled back.',
  unknown: 'Nobody knows how it ended: somebody has to look.',
}

/** Names nobody. What was given in time is not told as silence. */
function expiryWords(picture: TicketPicture): string {
  const hasVotes = picture.ticket.votes.length > 0
  const isApprovalMissing = outstanding(picture).some(
    ({ requirement }) => requirement.kind === 'approval',
  )
  return isApprovalMissing && !hasVotes
    ? 'Nobody who may approve it did so by '
    : 'Not all that it needs was there by '
}

function reasonWords({ rows }: TicketPicture): string {
  const { reason } = (rows.request.close_reason ?? {}) as { reason?: string }
  const label = REJECT_REASONS[reason as keyof typeof REJECT_REASONS]
  return label === undefined ? '' : `: “${label}”`
}

function countedVotes({ allVotes, evaluation }: TicketPicture): VoteRecord[] {
  return allVotes.filter(({ id }) => evaluation.countedVotes.includes(id))
}

function timeRun(at: number): Run {
  return { kind: 'time', at: new Date(at).toISOString(), form: 'short' }
}
