import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import { inTransaction } from '#lib/db/transaction'
import { failureWords, refusedBySlack, type SlackAnswer, unreachable } from './answer'
import { refreshTokens, type TokenSet } from './oauth'
import {
  type SlackParts,
  sealTokens,
  unsealRefreshToken,
  type WorkspaceRow,
} from './tokens-at-rest'

/** What one process remembers of its renewals. */
export interface Renewals {
  /** The pair that Slack gave and the database does not have yet. */
  unkept: {
    teamId: string
    /** As it rested sealed: whoever replaced it meanwhile is not overwritten. */
    usedRefreshToken: string | null
    tokens: ReturnType<typeof sealTokens>
  } | null
}

const REFRESH_BEFORE_MS = 10 * MINUTE_MS
/** Longer than a refresh may take, and keeping what it found. */
const LEASE_MS = 20 * SECOND_MS
/** How often, and how many times, a process looks whether another one has renewed a token that ended. */
const WAIT_MS = 200
const MOST_WAITS = 35
const NOT_RENEWED = 'Slack did not renew the bot token. If this stays, install the app again.'

/**
 * The workspace's row with a token that works for some minutes yet; with the present one while that holds and there is no
 * next. A refresh token is used up by the call, so one process makes it, and in no transaction that could run again.
 */
export async function withLiveToken(
  parts: SlackParts,
  renewals: Renewals,
): Promise<SlackAnswer<WorkspaceRow>> {
  await keepUnkept(parts, renewals)
  for (let tries = 0; tries < MOST_WAITS; tries++) {
    const row = await installedRow(parts)
    if (row === null) return refusedBySlack('not_installed')
    if (!isDue(row, parts.now())) return { ok: true, value: row }
    if (await takeLease(parts, row)) return await renew(parts, renewals)
    const isRenewed = (await installedRow(parts))?.sealedRefreshToken !== row.sealedRefreshToken
    if (!isRenewed && !isOver(row, parts.now())) return { ok: true, value: row }
    if (!isRenewed) await pause(WAIT_MS)
  }
  return unreachable('The bot token has ended and is being renewed.')
}

async function installedRow({ db }: SlackParts): Promise<WorkspaceRow | null> {
  const row = await db.slackWorkspace.findUnique({ where: { id: 1 } })
  return row === null || row.sealedBotToken === '' ? null : row
}

/** Of many processes that read the same refresh token, one may use it: the condition is in the UPDATE. */
async function takeLease({ db, now }: SlackParts, row: WorkspaceRow): Promise<boolean> {
  const at = now()
  const isFree = [{ refreshingUntil: null }, { refreshingUntil: { lte: new Date(at) } }]
  const { count } = await db.slackWorkspace.updateMany({
    where: { id: 1, sealedRefreshToken: row.sealedRefreshToken, OR: isFree },
    data: { refreshingUntil: new Date(at + LEASE_MS) },
  })
  return count === 1
}

async function renew(parts: SlackParts, renewals: Renewals): Promise<SlackAnswer<WorkspaceRow>> {
  const { sealer, now } = parts
  const row = await installedRow(parts)
  if (row === null) return refusedBySlack('not_installed')
  const answer = await nextTokens(parts, row)
  if (answer?.ok) {
    const tokens = sealTokens(sealer, row.teamId, answer.value, now())
    renewals.unkept = { teamId: row.teamId, usedRefreshToken: row.sealedRefreshToken, tokens }
    await keepUnkept(parts, renewals)
  } else await endLease(parts, row, answer)
  // A process whose lease had run out may have been slower than another one.
  const after = await installedRow(parts)
  if (after === null) return refusedBySlack('not_installed')
  const isEnded = isDue(after, now()) && isOver(after, now())
  return answer === null || answer.ok || !isEnded ? { ok: true, value: after } : answer
}

/** The next pair, or why there is none; null where nothing can be asked for. */
async function nextTokens(
  { sealer, log, config: { slack } }: SlackParts,
  row: WorkspaceRow,
): Promise<SlackAnswer<TokenSet> | null> {
  if (!slack?.client) {
    log.error('the token of Slack ends and cannot be renewed without SLACK_CLIENT_ID')
    return null
  }
  const refreshToken = unsealRefreshToken(sealer, row)
  if (refreshToken === null) return null
  const answer = await refreshTokens({ apiUrl: slack.apiUrl, client: slack.client }, refreshToken)
  if (!answer.ok) {
    log.warn({ answer: failureWords(answer) }, 'the token of Slack was not renewed')
  }
  return answer
}

async function endLease(
  { db, now }: SlackParts,
  row: WorkspaceRow,
  answer: SlackAnswer<TokenSet> | null,
): Promise<void> {
  const isEnded = isOver(row, now())
  const isRefused = answer !== null && !answer.ok && answer.kind === 'refused'
  await db.slackWorkspace.updateMany({
    where: { id: 1, sealedRefreshToken: row.sealedRefreshToken },
    data: {
      // Asking again at once for what was refused changes nothing; the lease runs out by itself.
      ...((isEnded || !isRefused) && { refreshingUntil: null }),
      ...(answer !== null &&
        (isEnded || isRefused) && { fault: NOT_RENEWED, faultAt: new Date(now()) }),
    },
  })
}

/** Slack gives a pair once: until the database has it, it is kept in mind and tried again. */
async function keepUnkept({ db }: SlackParts, renewals: Renewals): Promise<void> {
  const { unkept } = renewals
  if (unkept === null) return
  const { teamId, usedRefreshToken, tokens } = unkept
  await inTransaction(db, async (tx) => {
    await tx.slackWorkspace.updateMany({
      where: { id: 1, teamId, sealedRefreshToken: usedRefreshToken },
      data: { ...tokens, refreshingUntil: null },
    })
  })
  renewals.unkept = null
}

function isOver(row: WorkspaceRow, now: number): boolean {
  return row.tokenExpiresAt !== null && row.tokenExpiresAt.getTime() <= now
}

function isDue(row: WorkspaceRow, now: number): boolean {
  return (
    row.sealedRefreshToken !== null &&
    row.tokenExpiresAt !== null &&
    row.tokenExpiresAt.getTime() - REFRESH_BEFORE_MS <= now
  )
}
