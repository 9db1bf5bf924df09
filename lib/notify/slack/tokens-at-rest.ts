import type { SlackConfig } from '#lib/config'
import type { Db, Tx } from '#lib/db/client'
import type { Log } from '#lib/log'
import type { TokenSet } from './oauth'

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

export type WorkspaceRow = NonNullable<Awaited<ReturnType<Tx['slackWorkspace']['findUnique']>>>

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

/** Exchanges for the next pair; null: there is none, or it does not open. */
export function unsealRefreshToken(sealer: SecretBox, row: WorkspaceRow): string | null {
  return row.sealedRefreshToken === null
    ? null
    : unseal(sealer, REFRESH_TOKEN, row.teamId, row.sealedRefreshToken)
}

function unseal(sealer: SecretBox, purpose: string, id: string, sealed: string): string | null {
  try {
    return Buffer.from(sealer.open(purpose, id, sealed)).toString()
  } catch {
    // As good as lost: installing again seals another.
    return null
  }
}
