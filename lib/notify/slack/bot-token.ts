import { MINUTE_MS, SECOND_MS } from '#lib/core/durations'
import { isUnavailable } from '#lib/db/transaction'
import { refusedBySlack, type SlackAnswer, unreachable } from './answer'
import { type Renewals, withLiveToken } from './renew-token'
import { type SlackParts, unsealBotToken, type WorkspaceRow } from './tokens-at-rest'

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

/** As young as this, what was read is used without another look. */
const FRESH_MS = 5 * SECOND_MS
/** While the database cannot be asked, what was read goes on being used: Slack itself refuses a revoked token. */
const STALE_MS = 15 * MINUTE_MS
/** A database that hangs holds a call up for no longer. */
const LOOK_MS = 700

/** Reads the workspace's row at most every few seconds, and outlives a database that does not answer. */
export function keepWorkspace(parts: SlackParts): WorkspaceKeeper {
  let kept: { answer: SlackAnswer<OpenWorkspace>; readAt: number } | null = null
  let reading: Promise<SlackAnswer<OpenWorkspace>> | null = null
  let generation = 0
  const renewals: Renewals = { unkept: null }

  const read = () => {
    const own = generation
    reading ??= readWorkspace(parts, renewals)
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

async function readWorkspace(
  parts: SlackParts,
  renewals: Renewals,
): Promise<SlackAnswer<OpenWorkspace>> {
  try {
    const answer = await withLiveToken(parts, renewals)
    return answer.ok ? openRow(parts, answer.value) : answer
  } catch (error) {
    if (!isUnavailable(error)) throw error
    return unreachable('The database could not be asked for the token of Slack.')
  }
}

function openRow({ sealer, log }: SlackParts, row: WorkspaceRow): SlackAnswer<OpenWorkspace> {
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
