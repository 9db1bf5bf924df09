import { randomBytes } from 'node:crypto'
import type { Config } from './config'
import { type IdPrefix, newId } from './core/ids'
import { type Announcer, createAnnouncer } from './db/announce'
import { createDb, type Db } from './db/client'
import { type ChangeListener, createListener } from './db/listen'
import { isUnavailable } from './db/transaction'
import { createDecisionPoints, type DecisionPoint } from './decision-points/create'
import { type KeyRing, openKeyRing } from './keys/key-ring'
import { createSealer, type Sealer } from './keys/seal'
import { createLog, type Log } from './log'
import { type Mailer, openMail } from './notify/mail/open-mail'
import { openSlack, type SlackApi } from './notify/slack/web-api'
import { openPolicyBook, type PolicyBook } from './policies/policy-book'
import { openRateLimits, type RateLimits } from './rate-limit/rate-limits'

export type Listener = ChangeListener

/** What every command and query is given. Built once a process; nothing in it holds state that another process lacks. */
export interface Runtime {
  config: Config
  db: Db
  log: Log
  /** Epoch ms of this process. Deadlines and windows use the database's clock instead. */
  now: () => number
  newId: (prefix: IdPrefix) => string
  randomBytes: (length: number) => Uint8Array
  installation: { name: string; domain: string }
  policies: PolicyBook
  keys: KeyRing
  sealer: Sealer
  decisionPoints: DecisionPoint[]
  /** Null where Slack is not configured. */
  slack: SlackApi | null
  /** Null where no mail is sent. */
  mail: Mailer | null
  /** How often somebody may knock at the doors where people prove who they are. */
  rateLimits: RateLimits
  /** Tells other processes and waiting callers that a request changed; after the commit. */
  announce: Announcer['announce']
  /** Hears of changed requests, over a connection of its own. Close it yourself. */
  listen: () => ChangeListener
  /** Whether a fault only says that the database cannot be reached now: the call may be sent again. */
  isUnavailable: (fault: unknown) => boolean
  close: () => Promise<void>
}

/** Connects to a database that was migrated and bootstrapped (lib/commands/bootstrap). */
export async function createRuntime(config: Config): Promise<Runtime> {
  const log = createLog(config)
  const db = createDb(config.databaseUrl, {
    poolMax: config.databasePoolMax,
    onConnectionError: (error) => log.warn({ error }, 'a database connection broke'),
  })
  const installation = await db.installation.findUniqueOrThrow({
    where: { id: 1 },
    select: { name: true, domain: true },
  })
  const sealer = createSealer(config.secret)
  const announcer = createAnnouncer(db, log)
  const now = Date.now
  const decisionPoints = createDecisionPoints(config)
  return {
    config,
    db,
    log,
    now,
    newId: (prefix) => newId(prefix, now(), randomBytes(10)),
    randomBytes: (length) => randomBytes(length),
    installation,
    policies: openPolicyBook(
      db,
      decisionPoints.map(({ name }) => name),
    ),
    keys: openKeyRing(db, { sealer, domain: installation.domain, now }),
    sealer,
    decisionPoints,
    rateLimits: openRateLimits(db, config),
    mail: openMail(config),
    slack: openSlack({ db, sealer, config, now, log }),
    announce: announcer.announce,
    listen: () => createListener(config.databaseUrl, log),
    isUnavailable,
    close: async () => {
      await announcer.settled()
      await db.$disconnect()
    },
  }
}
