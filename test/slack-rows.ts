import { randomBytes } from 'node:crypto'
import { newId } from '../lib/core/ids'
import type { Prisma } from '../lib/db/generated/client'
import type { World } from './world'

/** Enough of Slack's settings for it to be set up. */
export const SLACK_ENV = {
  SLACK_APP_ID: 'A0COUNTERSIGN',
  SLACK_SIGNING_SECRET: '0123456789abcdef0123456789abcdef',
  SLACK_CLIENT_ID: '111.222',
  SLACK_CLIENT_SECRET: 'the secret of the app',
}

const START = Date.parse('2026-03-16T10:41:00Z')

/** Rows as the delivery to Slack leaves them, a second apart, for the pages that show them. */
export function slackRows(w: World) {
  const { db } = w.runtime
  let at = START
  const tick = () => {
    at += 1_000
    return at
  }
  const later = (ms: number) => new Date(START + ms)
  return {
    /** A time relative to when the first row is made. */
    in: later,
    async clear(): Promise<void> {
      at = START
      await db.slackDelivery.deleteMany()
      await db.slackMessage.deleteMany()
      await db.slackWatch.deleteMany()
      await db.slackLink.deleteMany()
      await db.slackWorkspace.deleteMany()
    },
    async message(row: Partial<Prisma.SlackMessageUncheckedCreateInput>): Promise<string> {
      const id = newId('msg', tick(), randomBytes(10))
      const { state = 'sent' } = row
      await db.slackMessage.create({
        data: {
          kind: 'card',
          callerId: w.callerId,
          createdAt: new Date(at),
          ...(state === 'sent' && { sentAt: new Date(at), ts: `${at / 1000}` }),
          ...row,
          id,
          state,
        },
      })
      return id
    },
    async delivery(
      requestId: string,
      target: string,
      messageId: string | null,
      state = 'sent',
      why: string | null = null,
    ): Promise<void> {
      await db.slackDelivery.create({
        data: { requestId, target, messageId, state, why, at: new Date(tick()) },
      })
    },
    async workspace(row: Partial<Prisma.SlackWorkspaceUncheckedCreateInput> = {}): Promise<void> {
      await db.slackWorkspace.create({
        data: {
          teamId: 'T0OSTERBY',
          teamName: 'Osterby',
          appId: SLACK_ENV.SLACK_APP_ID,
          botUserId: 'U0BOT',
          sealedBotToken: 'sealed',
          installedAt: later(0),
          ...row,
        },
      })
    },
    async link(personId: string, userName: string, teamId = 'T0OSTERBY'): Promise<void> {
      await db.slackLink.create({
        data: {
          id: newId('slk', tick(), randomBytes(10)),
          personId,
          teamId,
          userId: `U0${userName.toUpperCase()}`,
          userName,
          linkedAt: new Date(at),
        },
      })
    },
  }
}
