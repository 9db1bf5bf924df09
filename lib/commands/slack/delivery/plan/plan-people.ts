import type { Routing } from '#lib/wire/slack/routing'
import type { Times } from './plan-times'
import {
  type AnnounceState,
  type Askable,
  type Existing,
  type Occasion,
  personTarget,
  requesterTarget,
  type Step,
} from './types'

/** However large a group is that a request is escalated to. */
const MOST_ESCALATED = 20

interface Input {
  routing: Routing
  times: Times
  /** It is announced by a message of its own: only then is anybody messaged directly about it. */
  isOwn: boolean
  /** A digest counts it: of all such, whoever owns the caller has one message that counts too. */
  isCounted: boolean
  now: number
}

/** Direct messages: to those who can give what is missing, and to whoever owns the caller. */
export function planPeople(state: AnnounceState, input: Input): Step[] {
  return [...planAsked(state, input), ...planSettled(state), ...planRequester(state, input)]
}

function planAsked(state: AnnounceState, input: Input): Step[] {
  const { routing, times } = input
  const existing = new Map(state.existing.map((each) => [each.target, each]))
  const told = (person: Askable) => existing.get(personTarget(person.personId))?.message ?? null
  const isFirst = (occasion: string | null) => occasion !== 'escalation'
  let left =
    routing.directMessages -
    state.existing.filter(
      ({ target, message, isReachable }) =>
        target.startsWith('person:') && message && isReachable && isFirst(message.occasion),
    ).length
  const escalatedTo = routing.escalate
    .slice(0, times.escalations)
    .flatMap((step) => ('group' in step ? [step.group] : []))
  let escalatedLeft = MOST_ESCALATED
  const steps: Step[] = []
  for (const person of state.people) {
    const message = told(person)
    if (message !== null) {
      steps.push(planTold(person, message, input))
      continue
    }
    // Who was asked before, left and is back is asked anew, whoever took their place.
    const isBack = existing.get(personTarget(person.personId))?.isTakenBack === true
    if (!(input.isOwn || isBack)) continue
    const isEscalated = escalatedTo.some((group) => person.groups.includes(group))
    if (left > 0 || isBack) {
      left--
      steps.push(planNew(person.personId, person.occasion, times))
    } else if (isEscalated && escalatedLeft > 0) {
      escalatedLeft--
      steps.push(planNew(person.personId, escalatedAs(person), times))
    }
  }
  const missed = escalatedTo.filter(
    (group) => !state.people.some(({ groups }) => groups.includes(group)),
  )
  return [...steps, ...(input.isOwn && state.needsPeople ? missed.map(nobodyIn) : [])]
}

/** Whoever is asked to confirm is asked that, whoever else is silent. */
function escalatedAs({ occasion }: Askable): Occasion {
  return occasion === 'confirm' ? 'confirm' : 'escalation'
}

function planNew(personId: string, occasion: Occasion, { quietUntil }: Times): Step {
  const target = personTarget(personId)
  return quietUntil === null
    ? { target, how: 'new', message: { kind: 'direct', personId, occasion } }
    : { target, how: 'wait', why: 'It waits for the end of the quiet hours.', until: quietUntil }
}

/** Somebody who has a message gets another only as a reminder, or once they are asked to confirm. */
function planTold(
  { personId, occasion }: Askable,
  message: NonNullable<Existing['message']>,
  { routing, times, now }: Input,
): Step {
  const target = personTarget(personId)
  const isKept = message.state === 'queued' || (message.state === 'given_up' && !message.isPosted)
  const mustConfirm = occasion === 'confirm' && message.occasion !== 'confirm'
  const pauseMs = routing.remind ? Math.min(routing.remind.afterMs, routing.remind.everyMs) : 0
  const isReminded = times.isReminderDue && message.createdAt + pauseMs <= now
  if (isKept || times.quietUntil !== null || !(mustConfirm || isReminded)) {
    return { target, how: 'keep' }
  }
  const next = occasion === 'confirm' ? 'confirm' : 'reminder'
  return { target, how: 'new', message: { kind: 'direct', personId, occasion: next } }
}

/** Who has given what they can: should they be asked again, that is news again. */
function planSettled({ existing, people }: AnnounceState): Step[] {
  const asked = new Set(people.map(({ personId }) => personTarget(personId)))
  return existing.flatMap(({ target, message, isReachable }): Step[] =>
    target.startsWith('person:') && message && isReachable && !asked.has(target)
      ? [{ target, how: 'keep', occasion: 'asked' }]
      : [],
  )
}

function planRequester(state: AnnounceState, input: Input): Step[] {
  const { routing, times, isOwn, isCounted } = input
  const { requesterId: personId } = state
  if (personId === null || !routing.requesters) return []
  const target = requesterTarget(personId)
  if (state.existing.some((each) => each.target === target && each.message !== null)) {
    return [{ target, how: 'keep' }]
  }
  if (!(isOwn || isCounted)) return []
  if (times.quietUntil !== null) {
    const why = 'It waits for the end of the quiet hours.'
    return [{ target, how: 'wait', why, until: times.quietUntil }]
  }
  if (isOwn) return [{ target, how: 'new', message: { kind: 'requester', personId } }]
  return state.ownerDigest === null
    ? [{ target, how: 'new', message: { kind: 'digest', personId } }]
    : [{ target, how: 'join', messageId: state.ownerDigest }]
}

function nobodyIn(group: string): Step {
  const why = `Nobody in ${group} who may vote on this is linked to Slack.`
  return { target: `group:${group}`, how: 'fail', why }
}
