import { digestOfText } from '#lib/core/contract/digest'
import { MINUTE_MS } from '#lib/core/durations'
import { matchedRules } from '#lib/core/policy/matched-rules'
import type { Evaluation } from '#lib/core/policy/types'
import type { Sql } from '#lib/db/client'
import { type AnnouncementRows, readAnnouncement } from '#lib/db/slack-announcements'
import type { Picture } from '#lib/queries/read-held'
import { candidatesFor, needsPeople } from '#lib/queries/slack/candidates'
import { TAKEN_BACK_WHYS } from '#lib/wire/delivery-whys'
import type { Routing } from '#lib/wire/slack/routing'
import { shareKey } from '../share-key'
import type { AnnounceState, Askable } from './types'

/** Reads what the announcement of a request depends on. Under the lock of its caller's announcements. */
export async function readAnnounceState(
  sql: Sql,
  picture: Picture,
  { routing, now }: { routing: Routing | null; now: number },
): Promise<{ state: AnnounceState; shareKey: string }> {
  const { rows, ticket, contract } = picture
  const evaluation = picture.evaluateAt(Math.min(picture.now, ticket.deadlineAt ?? picture.now))
  const candidates = candidatesFor(picture, evaluation)
  const key = shareKey(rows.caller.id, contract)
  const found = await readAnnouncement(sql, {
    requestId: ticket.requestId,
    shareKey: key,
    callerId: rows.caller.id,
    personIds: [...candidates.map(({ personId }) => personId), rows.caller.owner_id],
    since: now - (routing?.flood.withinMs ?? 5 * MINUTE_MS),
  })
  const people = inTurn(
    ticket.requestId,
    candidates
      .filter(({ personId }) => found.reachable.includes(personId))
      .map((each) => ({ ...each, groups: found.groups[each.personId] ?? [] })),
  )
  const state = {
    requestId: ticket.requestId,
    isOpen: ticket.state === 'open',
    openedAt: ticket.openedAt ?? ticket.submittedAt,
    deadlineAt: ticket.deadlineAt,
    closedAt: ticket.closedAt,
    subject: subjectOf(picture, evaluation),
    needsPeople: needsPeople(picture, evaluation),
    people,
    requesterId: found.reachable.includes(rows.caller.owner_id) ? rows.caller.owner_id : null,
    ownerDigest: found.ownerDigests[rows.caller.owner_id] ?? null,
    ...recordedOf(found),
  }
  return { state, shareKey: key }
}

function subjectOf({ policies, contract, facts }: Picture, evaluation: Evaluation) {
  const [policy] = policies
  return {
    tools: contract.tools,
    environment: evaluation.environment,
    rules: policy ? matchedRules(policy, contract, facts.caller) : [],
    risk: evaluation.risk,
  }
}

function recordedOf(found: AnnouncementRows) {
  const { watch } = found
  return {
    existing: found.existing.map(({ target, why, message }) => ({
      target,
      isTakenBack: message === null && TAKEN_BACK_WHYS.includes(why ?? ''),
      message: message && {
        id: message.id,
        kind: message.kind,
        requestId: message.request_id,
        state: message.state,
        isPosted: message.is_posted,
        occasion: message.occasion,
        createdAt: Date.parse(message.created_at),
      },
      isReachable:
        !/^(person|requester):/.test(target) ||
        found.reachable.includes(target.split(':')[1] ?? ''),
    })),
    watch: watch && {
      nextAt: epoch(watch.next_at),
      remindersSent: watch.reminders_sent,
      escalations: watch.escalations,
      unreachedSince: epoch(watch.unreached_since),
    },
    liveCards: found.liveCards,
    elders: Object.fromEntries(
      Object.entries(found.elders).map(([target, messageId]) => [target, { messageId }]),
    ),
    rejectedAt: epoch(found.rejectedAt),
    recent: {
      cards: found.recentCards,
      directs: found.recentDirects,
      alerts: found.recentAlerts,
    },
    digests: found.digests,
    hasAlert: found.hasAlert,
  }
}

/** Another order for each request, and always the same for one: so that it is not always the same few who are asked. */
function inTurn(requestId: string, people: Askable[]): Askable[] {
  return people
    .map((person) => ({ person, rank: digestOfText(`${requestId} ${person.personId}`) }))
    .sort((a, b) => a.rank.localeCompare(b.rank))
    .map(({ person }) => person)
}

function epoch(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}
