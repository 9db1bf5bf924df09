import type { SlackConfig } from '#lib/config'
import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import type { Db, Tx } from '#lib/db/client'
import { inTransaction, isUnavailable } from '#lib/db/transaction'
import type { Log } from '#lib/log'
import { failureWords, refusedBySlack, type SlackAnswer, unreachable } from './answer'
import { refreshTokens, type TokenSet } from './oauth'

/** Opens what rests sealed in the database; `purpose` and `id` are bound to the text. */
export interface SecretBox {
  seal(purpose: string, id: string, plaintext: Uint8Array): string
  open(purpose: string, id: string, sealed: string): Uint8Array
}

/** The part of the runtime that speaking to Slack needs. */
export interface SlackParts {
  db: Db
  sealer: SecretBox
  config: { slack: SlackConfig | null }
  now: () => number
  log: Log
}

/** The workspace that this installation works in. */
export interface SlackWorkspaceId {
  enterpriseId: string
  teamId: string
  teamName: string
  appId: string
  botUserId: string
}

export interface OpenWorkspace extends SlackWorkspaceId {
  token: string
  /** Epoch ms; null: Slack asked for no patience. */
  pausedUntil: number | null
  fault: string | null
}

export interface WorkspaceKeeper {
  /** With a token that works for some minutes yet: rotated first where that is due. */
  open(): Promise<SlackAnswer<OpenWorkspace>>
  /** As last read, without asking the database: null = none is installed, undefined = never read. */
  known(): SlackWorkspaceId | null | undefined
  /** Something changed: the next call reads the row. */
  forget(): void
}

type Row = NonNullable<Awaited<ReturnType<Tx['slackWorkspace']['findUnique']>>>

/** As young as this, what was read is used without another look. */
const FRESH_MS = 5 * SECOND_MS
/** While the database cannot be asked, what was read goes on being used: Slack itself refuses a revoked token. */
const STALE_MS = 15 * MINUTE_MS
/** A database that hangs holds a call up for no longer. */
const LOOK_MS = 700
const REFRESH_BEFORE_MS = 10 * MINUTE_MS
const NOT_RENEWED = 'Slack did not renew the bot token. If this stays, install the app again.'
const BOT_TOKEN = 'slack bot token'
const REFRESH_TOKEN = 'slack refresh token'

export function sealTokens(
  sealer: SecretBox,
  teamId: string,
  { botToken, refreshToken, expiresInMs }: TokenSet,
  now: number,
): { sealedBotToken: string; sealedRefreshToken: string | null; tokenExpiresAt: Date | null } {
  return {
    sealedBotToken: sealer.seal(BOT_TOKEN, teamId, Buffer.from(botToken)),
    sealedRefreshToken:
      refreshToken === null ? null : sealer.seal(REFRESH_TOKEN, teamId, Buffer.from(refreshToken)),
    tokenExpiresAt: expiresInMs === null ? null : new Date(now + expiresInMs),
  }
}

/** The bot token of a workspace's row; null once the app was removed, or where COUNTERSIGN_SECRET is not what it was. */
export function unsealBotToken(
  sealer: SecretBox,
  row: { teamId: string; sealedBotToken: string },
): string | null {
  return row.sealedBotToken === ''
    ? null
    : unseal(sealer, BOT_TOKEN, row.teamId, row.sealedBotToken)
}

function unseal(sealer: SecretBox, purpose: string, id: string, sealed: string): string | null {
  try {
    return Buffer.from(sealer.open(purpose, id, sealed)).toString()
  } catch {
    // As good as lost: installing again seals another.
    return null
  }
}

/** Reads the workspace's row at most every few seconds, and outlives a database that does not answer. */
export function keepWorkspace(parts: SlackParts): WorkspaceKeeper {
  let kept: { answer: SlackAnswer<OpenWorkspace>; readAt: number } | null = null
  let reading: Promise<SlackAnswer<OpenWorkspace>> | null = null
  let generation = 0

  const read = () => {
    const own = generation
    reading ??= readWorkspace(parts)
      .then((answer) => {
        if (own === generation && (answer.ok || answer.kind === 'refused')) {
          kept = { answer, readAt: parts.now() }
        }
        return answer
      })
      .finally(() => {
        reading = null
      })
    return reading
  }

  return {
    async open() {
      const age = kept === null ? Number.POSITIVE_INFINITY : parts.now() - kept.readAt
      if (kept && age < FRESH_MS) return kept.answer
      if (!kept || age > STALE_MS) return await read()
      const { answer } = kept
      const fresh = await withinMs(read(), LOOK_MS)
      return fresh === null || (!fresh.ok && fresh.kind === 'unreachable') ? answer : fresh
    },
    known() {
      if (kept === null) return undefined
      return kept.answer.ok ? kept.answer.value : null
    },
    forget() {
      generation++
      kept = null
      reading = null
    },
  }
}

async function readWorkspace(parts: SlackParts): Promise<SlackAnswer<OpenWorkspace>> {
  try {
    const row = await parts.db.slackWorkspace.findUnique({ where: { id: 1 } })
    if (row === null || row.sealedBotToken === '') return refusedBySlack('not_installed')
    return isDue(row, parts.now()) ? await rotate(parts) : openRow(parts, row)
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return unreachable('The database could not be asked for the token of Slack.')
  }
}

/** Only one process refreshes: the others wait for the row's lock and find the new pair. */
async function rotate(parts: SlackParts): Promise<SlackAnswer<OpenWorkspace>> {
  return await inTransaction(parts.db, async (tx) => {
    await tx.$queryRaw`SELECT id FROM slack_workspaces WHERE id = 1 FOR UPDATE`
    const row = await tx.slackWorkspace.findUnique({ where: { id: 1 } })
    if (row === null || row.sealedBotToken === '') return refusedBySlack('not_installed')
    const answer = isDue(row, parts.now()) ? await renewed(parts, row) : null
    if (answer === null) return openRow(parts, row)
    const { sealer, now } = parts
    const data = answer.ok
      ? sealTokens(sealer, row.teamId, answer.value, now())
      : { fault: NOT_RENEWED, faultAt: new Date(now()) }
    const written = await tx.slackWorkspace.update({ where: { id: 1 }, data })
    return answer.ok ? openRow(parts, written) : answer
  })
}

/** The next pair, or why there is none; null where the present one serves for now. */
async function renewed(parts: SlackParts, row: Row): Promise<SlackAnswer<TokenSet> | null> {
  const { sealer, log, now } = parts
  const slack = parts.config.slack
  if (!slack?.client) {
    log.error('the token of Slack ends and cannot be renewed without SLACK_CLIENT_ID')
    return null
  }
  const sealed = row.sealedRefreshToken ?? ''
  const refreshToken = unseal(sealer, REFRESH_TOKEN, row.teamId, sealed)
  if (refreshToken === null) return null
  const answer = await refreshTokens({ apiUrl: slack.apiUrl, client: slack.client }, refreshToken)
  if (answer.ok) return answer
  log.warn({ answer: failureWords(answer) }, 'the token of Slack was not renewed')
  const isOver = row.tokenExpiresAt !== null && row.tokenExpiresAt.getTime() <= now()
  return isOver || answer.kind === 'refused' ? answer : null
}

function isDue(row: Row, now: number): boolean {
  return (
    row.sealedRefreshToken !== null &&
    row.tokenExpiresAt !== null &&
    row.tokenExpiresAt.getTime() - REFRESH_BEFORE_MS <= now
  )
}

function openRow({ sealer, log }: SlackParts, row: Row): SlackAnswer<OpenWorkspace> {
  const token = unsealBotToken(sealer, row)
  if (token === null) {
    log.error(
      'the token of Slack cannot be opened with this COUNTERSIGN_SECRET: install the app again',
    )
    return refusedBySlack('not_installed')
  }
  const { enterpriseId, teamId, teamName, appId, botUserId, fault } = row
  const pausedUntil = row.pausedUntil?.getTime() ?? null
  return {
    ok: true,
    value: { enterpriseId, teamId, teamName, appId, botUserId, fault, pausedUntil, token },
  }
}

async function withinMs<T>(work: Promise<T>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
