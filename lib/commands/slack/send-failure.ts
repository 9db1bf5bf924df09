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
}

const LONGEST_PAUSE_MS = 30 * SECOND_MS

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

/** @param attempts how often it has failed in a row before this */
export function setbackOf(failure: SlackFailure, attempts: number): Setback {
  switch (failure.kind) {
    case 'rate_limited':
      return {
        state: 'queued',
        why: 'Slack asked to wait a moment.',
        retryInMs: Math.min(failure.retryAfterMs, HOUR_MS),
        concernsAll: true,
      }
    case 'unreachable':
      return {
        state: 'failed',
        why: failure.why,
        retryInMs: Math.min(SECOND_MS * 2 ** Math.min(attempts, 10), LONGEST_PAUSE_MS),
        concernsAll: true,
      }
    case 'refused':
      return refusedBy(failure.code)
  }
}

function refusedBy(code: string): Setback {
  if (code === 'not_installed') {
    const why = 'Slack is not connected yet: an administrator installs the app.'
    return { state: 'queued', why, retryInMs: MINUTE_MS, concernsAll: true }
  }
  if (WORKSPACE_FAULTS.has(code)) {
    const why = `Slack refused the app (${code}).`
    return { state: 'failed', why, retryInMs: MINUTE_MS, concernsAll: true }
  }
  const why = REASONS[code] ?? `Slack refused it (${code}).`
  return { state: 'given_up', why, retryInMs: null, concernsAll: false }
}

/** Somebody deleted the message, or it can no longer be edited: another one takes its place. */
export function isGone(failure: SlackFailure): boolean {
  return (
    failure.kind === 'refused' &&
    ['message_not_found', 'cant_update_message', 'edit_window_closed'].includes(failure.code)
  )
}
