import { SECOND_MS } from '#lib/core/durations'
import type { Runtime } from '#lib/runtime'
import type { HealthState, HealthView } from '#lib/wire/views/settings'

/** Two clocks that differ by more than this disagree about deadlines and codes. */
export const MOST_CLOCK_DIFFERENCE_MS = 2 * SECOND_MS
/** Input is evaluated within seconds: what waits longer waits for a worker. */
const LATE_INPUT_SECONDS = 30
/** Whatever time alone changes is done each second by a worker. */
const LATE_CLOCK_SECONDS = 60

interface Row {
  now: Date
  version: string
  migrations: number
  lastMigration: string | null
  unfinished: number
  waiting: number
  oldestSeconds: number
  lateSeconds: number
  unsealed: number
  sealedAt: Date | null
  slackTeam: string | null
  slackFault: string | null
  slackFaultAt: Date | null
  slackSentAt: Date | null
  bytes: bigint
}

/** Each part by an index over what is under way, or over one row. */
const READ = `
SELECT clock_timestamp() AS now, current_setting('server_version') AS version,
  (SELECT count(*)::int FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS migrations,
  (SELECT max(migration_name) FROM _prisma_migrations WHERE finished_at IS NOT NULL) AS "lastMigration",
  (SELECT count(*)::int FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL) AS unfinished,
  o.waiting, o."oldestSeconds",
  (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(next_check_at)), 0)::float8 FROM requests
    WHERE state = 'open' AND next_check_at < clock_timestamp()) AS "lateSeconds",
  (SELECT count(*)::int FROM unsealed_events) AS unsealed,
  (SELECT at FROM checkpoints ORDER BY size DESC LIMIT 1) AS "sealedAt",
  (SELECT team_name FROM slack_workspaces WHERE id = 1 AND sealed_bot_token <> '') AS "slackTeam",
  (SELECT fault FROM slack_workspaces WHERE id = 1) AS "slackFault",
  (SELECT fault_at FROM slack_workspaces WHERE id = 1) AS "slackFaultAt",
  (SELECT max(sent_at) FROM (SELECT sent_at FROM slack_messages ORDER BY created_at DESC, id DESC LIMIT 200) m) AS "slackSentAt",
  pg_database_size(current_database()) AS bytes
FROM (SELECT count(*)::int AS waiting, coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 AS "oldestSeconds"
  FROM outbox WHERE done_at IS NULL) o`

type HealthRuntime = Pick<Runtime, 'db' | 'config' | 'now' | 'decisionPoints'>

/** How the parts of this installation are, as this process sees them now. */
export async function healthView(runtime: HealthRuntime): Promise<HealthView[]> {
  const asked = runtime.now()
  const [row] = await runtime.db.$queryRawUnsafe<Row[]>(READ)
  const answered = runtime.now()
  if (!row) throw new Error('Looking gave no row')
  return [
    databaseHealth(row),
    clockHealth(clockDifference(row.now.getTime(), { asked, answered })),
    queueHealth(row, runtime.config.redisUrl !== null),
    sealHealth(row),
    slackHealth(row, runtime.config.slack !== null),
    ...(await pointsHealth(runtime)),
    mailHealth(runtime.config.mail),
  ]
}

/** By how much two clocks differ at least: what the way there and back may hide is taken off. Positive: the database is ahead. */
export function clockDifference(
  databaseAt: number,
  { asked, answered }: { asked: number; answered: number },
): number {
  if (databaseAt > answered) return databaseAt - answered
  return databaseAt < asked ? databaseAt - asked : 0
}

function databaseHealth(row: Row): HealthView {
  const size = `${Math.ceil(Number(row.bytes) / 1_000_000)} MB`
  const schema = `${row.migrations} migrations, the last ${row.lastMigration ?? 'unknown'}`
  const isWhole = row.unfinished === 0
  return health('Database', isWhole ? 'good' : 'bad', `PostgreSQL ${row.version}`, {
    detail: isWhole
      ? `${size}, ${schema}.`
      : `${size}, ${schema}; ${row.unfinished} did not finish. Run npm run migrate.`,
  })
}

function clockHealth(difference: number): HealthView {
  const isFar = Math.abs(difference) > MOST_CLOCK_DIFFERENCE_MS
  const way = difference > 0 ? 'ahead of' : 'behind'
  const said = difference === 0 ? 'The same' : `${Math.abs(difference)} ms`
  const told = difference === 0 ? '' : `The database is ${way} this process. `
  return health('Clock', isFar ? 'bad' : 'good', said, {
    detail: isFar
      ? `${told}Deadlines and codes go by both: set the clocks of both machines by NTP.`
      : `${told}Measured beyond what the way to the database may hide.`,
  })
}

function queueHealth(row: Row, hasRedis: boolean): HealthView {
  const isLate = row.oldestSeconds > LATE_INPUT_SECONDS || row.lateSeconds > LATE_CLOCK_SECONDS
  const oldest = Math.floor(row.oldestSeconds)
  const late = Math.floor(row.lateSeconds)
  return health('Queue', isLate ? 'bad' : 'good', hasRedis ? 'In Redis' : 'In PostgreSQL', {
    detail: isLate
      ? `${row.waiting} wake-ups wait, the oldest for ${oldest} s, and the clock is ${late} s behind: no worker seems to run.`
      : `${row.waiting} wake-ups wait, and the clock is ${late} s behind.`,
  })
}

function sealHealth({ unsealed, sealedAt }: Row): HealthView {
  return health(
    'Audit log',
    sealedAt === null ? 'warn' : 'good',
    sealedAt ? 'Sealed' : 'Not sealed yet',
    {
      detail: `${unsealed} entries wait to be sealed.`,
      at: sealedAt,
    },
  )
}

function slackHealth(row: Row, isSetUp: boolean): HealthView {
  if (!isSetUp)
    return health('Slack', 'none', 'Not set up', { detail: 'Votes in the console need none.' })
  if (row.slackTeam === null) {
    return health('Slack', 'warn', 'Not installed', {
      detail: 'It is in no workspace yet: see Slack.',
    })
  }
  if (row.slackFault !== null) {
    return health('Slack', 'bad', 'Failing', { detail: row.slackFault, at: row.slackFaultAt })
  }
  return health('Slack', 'good', row.slackTeam, {
    detail: row.slackSentAt ? 'When it was last told something:' : 'It was told nothing yet.',
    at: row.slackSentAt,
  })
}

/** By the newest answer of each; they are not asked for this page. */
async function pointsHealth({ db, decisionPoints }: HealthRuntime): Promise<HealthView[]> {
  return await Promise.all(
    decisionPoints.map(async ({ name }) => {
      const last = await newestAnswer(db, name)
      const what = `Decision point ${name}`
      if (last === null) return health(what, 'none', 'Not asked yet', { detail: '' })
      const { error, verdict, at, latencyMs } = last
      return error === null
        ? health(what, 'good', verdict ?? 'Answered', { detail: `It took ${latencyMs} ms.`, at })
        : health(what, 'bad', 'Failing', { detail: error, at })
    }),
  )
}

/** Ids are in the order of time. */
function newestAnswer(db: Runtime['db'], name: string) {
  return db.decisionAnswer.findFirst({
    where: { name },
    orderBy: { id: 'desc' },
    select: { error: true, verdict: true, at: true, latencyMs: true },
  })
}

function mailHealth(mail: Runtime['config']['mail']): HealthView {
  return mail === null
    ? health('Mail', 'none', 'Not set up', {
        detail: 'Sign-in links are made by an admin instead.',
      })
    : health('Mail', 'good', 'Set up', { detail: `From ${mail.from}.` })
}

function health(
  what: string,
  state: HealthState,
  said: string,
  { detail, at = null }: { detail: string; at?: Date | null },
): HealthView {
  return { what, state, said, detail, at: at?.toISOString() ?? null }
}
