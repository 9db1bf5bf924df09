import { HOUR_MS } from '#lib/core/durations'
import { ENDED_FIRST } from '#lib/wire/delivery-whys'
import type { Routing } from '#lib/wire/slack/routing'
import { pickChannel } from './pick-channel'
import { noRoute, planChannels } from './plan-channels'
import { planPeople } from './plan-people'
import { earliest, type Times, timesOf } from './plan-times'
import { type AnnounceState, type Plan, personTarget, type Step, type Watch } from './types'

/** How long after its end a request that nobody was told of is told. */
const LATEST_MS = HOUR_MS

const NEVER_WATCHED: Watch = {
  nextAt: null,
  remindersSent: 0,
  escalations: 0,
  unreachedSince: null,
}

/**
 * What should exist in Slack for one request at `now` (epoch ms): pure, and the same however often it is asked. Carrying a
 * plan out and planning again gives nothing new to do.
 */
export function planAnnouncement(state: AnnounceState, routing: Routing | null, now: number): Plan {
  if (!state.isOpen) return state.watch === null ? planLate(state, routing, now) : planEnded(state)
  if (routing === null) return planWithoutRouting(state, now)
  const times = timesOf(state, routing, now)
  const channel = pickChannel(routing, state.subject)
  const { escalations } = times
  const channels = planChannels(state, { routing, channel, escalations, now })
  const isOwn = isOwnMessage(state, channels, { routing, hasChannel: channel !== null })
  const isCounted = isInDigest(state, channels)
  const steps = [...channels, ...planPeople(state, { routing, times, isOwn, isCounted, now })]
  const watch = watchOf(state, { steps, times, now })
  return {
    steps,
    drop: dropped(state, steps),
    withdraw: withdrawn(state),
    alert: alertOf(state, { routing, hasChannel: channel !== null, watch }),
    watch,
  }
}

/** It ended before any worker came to it: what was held, and how it ended, stands in its channel all the same. */
function planLate(state: AnnounceState, routing: Routing | null, now: number): Plan {
  const nothing = { steps: [], drop: [], withdraw: [], alert: null, watch: NEVER_WATCHED }
  const channel = routing && pickChannel(routing, state.subject)
  const isStale = now - (state.closedAt ?? now) > LATEST_MS
  if (routing === null || channel === null || isStale) return nothing
  const times = timesOf(state, routing, now)
  const cards = planChannels(state, { routing, channel, escalations: 0, now }).filter(
    (step) => step.how === 'new' && step.message.kind === 'card',
  )
  const isOwn = cards.length > 0
  const input = { routing, times, isOwn, isCounted: false, now }
  const people = planPeople({ ...state, people: [] }, input)
  return { ...nothing, steps: [...cards, ...people.filter(({ how }) => how === 'new')] }
}

function planEnded(state: AnnounceState): Plan {
  const waiting = state.existing.filter(
    ({ message, target, isTakenBack }) =>
      message === null && !isTakenBack && /^(channel|person|requester):/.test(target),
  )
  const watch = { ...(state.watch ?? NEVER_WATCHED), nextAt: null, unreachedSince: null }
  return {
    steps: waiting.map(({ target }) => ({ target, how: 'fail', why: ENDED_FIRST })),
    drop: [],
    withdraw: withdrawn(state),
    alert: null,
    watch,
  }
}

function planWithoutRouting(state: AnnounceState, now: number): Plan {
  const before = state.watch ?? NEVER_WATCHED
  const unreachedSince = state.needsPeople ? (before.unreachedSince ?? now) : null
  const watch = { ...before, nextAt: null, unreachedSince }
  return { steps: [noRoute(state)], drop: [], withdraw: withdrawn(state), alert: null, watch }
}

/** Equal asks, a caller that asks too often and one in cool-off message nobody directly. */
function isOwnMessage(
  state: AnnounceState,
  channels: Step[],
  { routing, hasChannel }: { routing: Routing; hasChannel: boolean },
): boolean {
  if (!hasChannel) {
    const isEqual = state.elders['route'] !== undefined
    const wasTold = state.existing.some(
      ({ target, message, isTakenBack }) => /^person:/.test(target) && (message || isTakenBack),
    )
    return wasTold || (!isEqual && state.recent.directs < routing.flood.cards)
  }
  const own = new Set(
    state.existing.flatMap(({ target, message }) =>
      message?.kind === 'card' && message.requestId === state.requestId ? [target] : [],
    ),
  )
  return channels.some((step) =>
    step.how === 'new' ? step.message.kind === 'card' : step.how === 'keep' && own.has(step.target),
  )
}

/** Its caller asks too often: of this one, a message tells that counts. */
function isInDigest(state: AnnounceState, channels: Step[]): boolean {
  const growing = new Set(Object.values(state.digests))
  const counted = new Set(
    state.existing.flatMap(({ target, message }) => (message?.kind === 'digest' ? [target] : [])),
  )
  return channels.some(
    (step) =>
      (step.how === 'new' && step.message.kind === 'digest') ||
      (step.how === 'join' && growing.has(step.messageId)) ||
      (step.how === 'keep' && counted.has(step.target)),
  )
}

function watchOf(
  state: AnnounceState,
  { steps, times, now }: { steps: Step[]; times: Times; now: number },
): Watch {
  const waits = steps.flatMap((step) =>
    step.how === 'wait' && step.until !== null ? [step.until] : [],
  )
  const nextAt = earliest([...waits, ...(times.nextAt === null ? [] : [times.nextAt])])
  const isUnreached = state.needsPeople && !isAnybodyReached(state, steps)
  return {
    nextAt,
    remindersSent: times.remindersSent,
    escalations: times.escalations,
    unreachedSince: isUnreached ? (state.watch?.unreachedSince ?? now) : null,
  }
}

/** Through a channel, or one of those who can give what is missing. What is merely late reaches them still. */
function isAnybodyReached(state: AnnounceState, steps: Step[]): boolean {
  const hopeless = new Set(
    state.existing.flatMap(({ target, message }) =>
      message?.state === 'given_up' && !message.isPosted ? [target] : [],
    ),
  )
  const asked = new Set(state.people.map(({ personId }) => personTarget(personId)))
  return steps.some(
    ({ target, how }) =>
      how !== 'fail' &&
      !(how === 'keep' && hopeless.has(target)) &&
      (target.startsWith('channel:') || asked.has(target)),
  )
}

function alertOf(
  { hasAlert, recent }: AnnounceState,
  input: { routing: Routing; hasChannel: boolean; watch: Watch },
): Plan['alert'] {
  const { alertsChannel, flood } = input.routing
  if (hasAlert || alertsChannel === null || recent.alerts >= flood.cards) return null
  if (!input.hasChannel) return 'no_route'
  return input.watch.unreachedSince === null ? null : 'unreached'
}

function dropped({ existing }: AnnounceState, steps: Step[]): string[] {
  const planned = new Set(steps.map(({ target }) => target))
  // That somebody left stays on record.
  return existing.flatMap(({ target, message, isReachable }) =>
    message === null && isReachable && !planned.has(target) ? [target] : [],
  )
}

function withdrawn({ existing }: AnnounceState): string[] {
  return existing.flatMap(({ target, message, isReachable }) =>
    message !== null && !isReachable ? [target] : [],
  )
}
