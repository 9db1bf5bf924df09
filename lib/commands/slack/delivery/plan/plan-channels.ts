import type { Routing } from '#lib/wire/slack/routing'
import { type AnnounceState, channelTarget, type Step } from './types'

const ROUTE = 'route'

/** One step for the request's own channel (or for the want of one), and one for each that it was escalated to. */
export function planChannels(
  state: AnnounceState,
  input: { routing: Routing; channel: string | null; escalations: number; now: number },
): Step[] {
  const { routing, channel, escalations, now } = input
  const more = routing.escalate
    .slice(0, escalations)
    .flatMap((step) => ('channel' in step ? [step.channel] : []))
  const channels = [...new Set([...(channel === null ? [] : [channel]), ...more])]
  const steps = channels.map((each) => planChannel(state, { routing, channel: each, now }))
  return channel === null ? [noRoute(state), ...steps] : steps
}

export function noRoute({ subject }: AnnounceState): Step {
  const tool = subject.tools[0] ?? 'it'
  return { target: ROUTE, how: 'fail', why: `No Slack channel is set for ${tool}.` }
}

function planChannel(
  state: AnnounceState,
  input: { routing: Routing; channel: string; now: number },
): Step {
  const { routing, channel, now } = input
  const target = channelTarget(channel)
  if (state.existing.some((each) => each.target === target && each.message !== null)) {
    return { target, how: 'keep' }
  }
  const live = state.liveCards[channel]
  if (live !== undefined) return { target, how: 'join', messageId: live }
  const elder = state.elders[target]
  if (elder !== undefined) {
    return elder.messageId === null
      ? { target, how: 'wait', why: 'It waits with an earlier equal ask.', until: null }
      : { target, how: 'join', messageId: elder.messageId }
  }
  const coolAt = state.rejectedAt === null ? now : state.rejectedAt + routing.coolOffMs
  if (coolAt > now) {
    const why = 'An equal ask was rejected a short while ago: this one is announced later.'
    return { target, how: 'wait', why, until: coolAt }
  }
  if ((state.recent.cards[channel] ?? 0) < routing.flood.cards) {
    return { target, how: 'new', message: { kind: 'card', channelId: channel } }
  }
  const digest = state.digests[channel]
  return digest === undefined
    ? { target, how: 'new', message: { kind: 'digest', channelId: channel } }
    : { target, how: 'join', messageId: digest }
}
