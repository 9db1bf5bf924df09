import { failureWords, type SlackAnswer } from './answer'
import type { OpenWorkspace } from './bot-token'
import type { SlackParts } from './tokens-at-rest'

/** Error codes that say nothing about the call and all about the workspace. */
const FAULTS: Record<string, string> = {
  invalid_auth: 'Slack does not know the bot token any more. Install the app again.',
  not_authed: 'Slack does not know the bot token any more. Install the app again.',
  token_revoked: 'The bot token was revoked in Slack. Install the app again.',
  token_expired: 'The bot token has ended and was not renewed. Install the app again.',
  account_inactive: 'The app was removed or switched off in Slack. Install it again.',
  org_login_required: 'The workspace is being moved into an organisation of Slack.',
}

interface Outcome {
  answer: SlackAnswer<unknown>
  pauses: boolean
}

/**
 * Keeps on the workspace's row what concerns all calls: that Slack asks for patience, and why nothing gets through. Never
 * fails: the call's own answer is what counts.
 *
 * @param pauses whether a 429 holds deliveries up: it does for what delivers, and not for what members set off with presses
 * @returns whether the row changed
 */
export async function noteOutcome(
  { db, now, log }: SlackParts,
  open: OpenWorkspace,
  { answer, pauses }: Outcome,
): Promise<boolean> {
  const change = changeOf(open, { answer, pauses }, now())
  if (change === null) return false
  if (!answer.ok) log.warn({ answer: failureWords(answer) }, 'Slack does not take what it is told')
  try {
    // Another workspace may have been installed meanwhile: of that, this says nothing.
    await db.slackWorkspace.updateMany({ where: { id: 1, teamId: open.teamId }, data: change })
    return true
  } catch (error) {
    log.warn({ error }, 'the state of Slack could not be kept')
    return false
  }
}

function changeOf(open: OpenWorkspace, { answer, pauses }: Outcome, now: number) {
  if (answer.ok) return open.fault === null ? null : { fault: null, faultAt: null }
  if (answer.kind === 'rate_limited') {
    return pauses ? { pausedUntil: new Date(now + answer.retryAfterMs) } : null
  }
  const fault = answer.kind === 'unreachable' ? answer.why : FAULTS[answer.code]
  if (fault === undefined || fault === open.fault) return null
  return { fault, faultAt: new Date(now) }
}
