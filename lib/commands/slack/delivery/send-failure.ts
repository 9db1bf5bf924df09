import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import type { SlackFailure } from '#lib/notify/slack/answer'

/** What a failed call means for the message it was for. */
export interface Setback {
  /** queued: it was not even tried. */
  state: 'queued' | 'failed' | 'given_up'
  /** For people. */
  why: string
  /** When it is tried again; null: not by itself. */
  retryInMs: number | null
  /** It would be the same for every other message now. */
  concernsAll: boolean
  /** Slack has nothing of it that another try could change. */
  isOver: boolean
}

/** What was tried before, and what came of it. */
export interface Tried {
  /** How often it has failed in a row. */
  attempts: number
  /** Slack has the message: it shows something, be it old. */
  isPosted: boolean
}

const LONGEST_PAUSE_MS = 30 * SECOND_MS
/** A message that Slack refuses is tried this often by itself. */
const MOST_REFUSALS = 16
/** However long Slack was away: what it refuses after that is not given up for the outage. */
const MOST_COUNTED = 10
const FIRST_REFUSED_MS = 5 * SECOND_MS
const LONGEST_REFUSED_MS = 10 * MINUTE_MS

/** The workspace's own faults: somebody installs the app again, and everything goes on. */
const WORKSPACE_FAULTS = new Set([
  'not_authed',
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'org_login_required',
  'missing_scope',
])

/** A message that is not there yet will not be there by itself: somebody has to do something first. */
const REASONS: Record<string, string> = {
  channel_not_found: 'Slack knows no such channel, or Countersign is not in it.',
  not_in_channel: 'Countersign is not in the channel: invite it there.',
  is_archived: 'The channel is archived.',
  restricted_action: 'The workspace does not let Countersign post there.',
  user_not_found: 'Slack does not know this user any more.',
  user_disabled: 'The user is deactivated in Slack.',
  cannot_dm_bot: 'The user is a bot.',
  messages_tab_disabled: 'The app takes no direct messages: its messages tab is off in Slack.',
  message_not_found: 'The message was deleted in Slack.',
}

/** Refusals that pass, or that a change of the message's content ends. */
const PASSING: Record<string, string> = {
  restricted_action_thread_locked: 'The thread is locked in Slack.',
  restricted_action_read_only_channel: 'The channel is read-only in Slack.',
  msg_too_long: 'Slack found it too long.',
}

export function setbackOf(failure: SlackFailure, tried: Tried): Setback {
  switch (failure.kind) {
    case 'rate_limited':
      return {
        state: 'queued',
        why: 'Slack asked to wait a moment.',
        retryInMs: Math.min(failure.retryAfterMs, HOUR_MS),
        concernsAll: true,
        isOver: false,
      }
    case 'unreachable':
      return {
        state: 'failed',
        why: failure.why,
        retryInMs: Math.min(SECOND_MS * 2 ** Math.min(tried.attempts, 10), LONGEST_PAUSE_MS),
        concernsAll: true,
        isOver: false,
      }
    case 'refused':
      return refusedBy(failure.code, tried)
  }
}

/** Its content could not be put together: that is our fault, and says nothing about any other message. */
export function brokenSetback(tried: Tried): Setback {
  return triedAgain('What it should say could not be put together.', tried)
}

/** @returns how often it counts as tried after a failure */
export function attemptsAfter(
  { concernsAll }: Pick<Setback, 'concernsAll'>,
  attempts: number,
): number {
  return concernsAll ? Math.max(attempts, Math.min(attempts + 1, MOST_COUNTED)) : attempts + 1
}

function refusedBy(code: string, tried: Tried): Setback {
  if (code === 'not_installed') {
    const why = 'Slack is not connected yet: an administrator installs the app.'
    return { state: 'queued', why, retryInMs: MINUTE_MS, concernsAll: true, isOver: false }
  }
  if (WORKSPACE_FAULTS.has(code)) {
    const why = `Slack refused the app (${code}).`
    return { state: 'failed', why, retryInMs: MINUTE_MS, concernsAll: true, isOver: false }
  }
  const hopeless = REASONS[code]
  if (hopeless !== undefined && (!tried.isPosted || code === 'message_not_found')) {
    return givenUp(hopeless, true)
  }
  return triedAgain(hopeless ?? PASSING[code] ?? `Slack refused it (${code}).`, tried)
}

/** What Slack shows already is not left behind: where all tries failed, the next change is another one. */
function triedAgain(why: string, { attempts, isPosted }: Tried): Setback {
  if (attempts + 1 >= MOST_REFUSALS) return givenUp(why, !isPosted)
  const retryInMs = Math.min(FIRST_REFUSED_MS * 2 ** Math.min(attempts, 10), LONGEST_REFUSED_MS)
  return { state: 'failed', why, retryInMs, concernsAll: false, isOver: false }
}

function givenUp(why: string, isOver: boolean): Setback {
  return { state: 'given_up', why, retryInMs: null, concernsAll: false, isOver }
}

/** Somebody deleted the message, or it can no longer be edited: another one takes its place. */
export function isGone(failure: SlackFailure): boolean {
  return (
    failure.kind === 'refused' &&
    ['message_not_found', 'cant_update_message', 'edit_window_closed'].includes(failure.code)
  )
}
