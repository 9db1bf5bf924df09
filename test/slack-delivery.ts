import { afterAll } from 'vitest'
import { announceRequest } from '#lib/commands/slack/delivery/announce-request'
import { wakeSlack } from '#lib/commands/slack/delivery/wake-slack'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { publishRouting } from '#lib/commands/slack/workspace/publish-routing'
import type { Contract } from '#lib/core/contract/contract'
import { createRuntime, type Runtime } from '#lib/runtime'
import { type SlackDouble, startSlackDouble } from './slack-double'
import type { DoubleMessage } from './slack-methods'
import { SLACK_ENV } from './slack-rows'
import { must, type World, type WorldPerson, world } from './world'

export const CHANNEL = 'C0RELEASES'
export const ALERTS = 'C0ALERTS'

/** The product with Slack at its edge, and its notify worker in the test's hand. */
export interface DeliveryWorld extends World {
  double: SlackDouble
  publish: (source: string) => Promise<void>
  /** Links a person. @returns the conversation in which they are messaged directly */
  link: (person: WorldPerson, userId: string) => Promise<string>
  /** Does everything that is waiting to be told, as a worker does, until nothing is. */
  settle: (now?: number) => Promise<void>
  /** What the clock finds due is told too. */
  tick: (now?: number) => Promise<void>
  /** Everything that is due later is due now; whoever is sending is taken for dead. */
  passTime: () => Promise<void>
  /** Another process on the same database. */
  another: () => Promise<Runtime>
}

export async function deliveryWorld(
  databaseUrl: string,
  options: { isInstalled?: boolean } = {},
): Promise<DeliveryWorld> {
  const double = await startSlackDouble()
  afterAll(() => double.close())
  const env = { ...SLACK_ENV, SLACK_BOT_TOKEN: double.botToken, SLACK_API_URL: double.url }
  const w = await world(databaseUrl, { env })
  const { runtime } = w
  const { db, config } = runtime
  if (options.isInstalled !== false) await installAtStart(runtime, new AbortController().signal)
  const settle = async (now?: number) => {
    for (let more = await waiting(runtime); more.length > 0; more = await waiting(runtime)) {
      await atOnce(more, (wakeUp) => announceRequest(runtime, wakeUp, now))
    }
  }
  return {
    ...w,
    double,
    publish: async (source) => {
      must(await publishRouting(runtime, { source, personId: null }))
    },
    link: async ({ id: personId }, userId) => {
      const user = { enterpriseId: '', teamId: double.teamId, userId, userName: userId }
      const id = runtime.newId('slk')
      await db.slackLink.create({ data: { id, personId, ...user, linkedAt: new Date() } })
      return double.directOf(userId)
    },
    settle,
    tick: async (now) => {
      await wakeSlack(db)
      await settle(now)
    },
    passTime: async () => {
      const past = new Date(Date.now() - 1_000)
      const ended = { lt: new Date('2100-01-01') }
      await db.slackMessage.updateMany({ where: { leaseUntil: ended }, data: { leaseUntil: past } })
      await db.slackMessage.updateMany({ where: { dueAt: ended }, data: { dueAt: past } })
      await db.slackWorkspace.updateMany({ data: { pausedUntil: null } })
      runtime.slack?.forgetWorkspace()
    },
    another: async () => {
      const other = await createRuntime(config)
      afterAll(() => other.close())
      return other
    },
  }
}

export async function waiting({ db }: Runtime): Promise<{ requestId: string; outboxId: string }[]> {
  const rows = await db.outbox.findMany({
    where: { topic: 'notify', doneAt: null },
    orderBy: { id: 'asc' },
  })
  const last = new Map(rows.map(({ id, requestId }) => [requestId, id.toString()]))
  return [...last].map(([requestId, outboxId]) => ({ requestId, outboxId }))
}

/** As many as a worker process tells at once. */
const WORKERS = 8

async function atOnce<T>(all: T[], work: (each: T) => Promise<void>): Promise<void> {
  const left = [...all]
  const next = async (): Promise<void> => {
    for (let each = left.shift(); each !== undefined; each = left.shift()) await work(each)
  }
  await Promise.all(Array.from({ length: WORKERS }, next))
}

/** Another ask of the same tools, with arguments of its own. */
export function asking(contract: Contract, release: string): Contract {
  return { ...contract, arguments: { 'deploy.production': { release } } }
}

/** All text that a message shows. */
export function textOf(message: DoubleMessage | undefined): string {
  return JSON.stringify(message?.blocks ?? [])
}

/** Labels of the buttons that a message offers. */
export function buttonsOf(message: DoubleMessage | undefined): string[] {
  const labels: string[] = []
  const look = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(look)
    else if (typeof node === 'object' && node !== null) {
      const { type, text } = node as { type?: string; text?: { text?: string } }
      if (type === 'button') labels.push(text?.text ?? '')
      Object.values(node).forEach(look)
    }
  }
  look(message?.blocks)
  return labels
}
