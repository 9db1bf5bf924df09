import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import pg from 'pg'
import { bootstrap } from '../../lib/commands/bootstrap'
import { type Config, loadEnvFile, parseConfig } from '../../lib/config'
import { createDb } from '../../lib/db/client'
import { migrate } from '../../lib/db/migrate'
import { createSealer } from '../../lib/keys/seal'
import { createLog } from '../../lib/log'
import { openBackend } from '../../lib/queue/backend'
import { type EmbeddedServer, startEmbedded } from '../embedded/server'
import { type DevelopmentSlack, playSlack } from './slack'

export interface Prepared {
  config: Config
  /** What the product's processes are given: the caller's environment, and what was worked out here. */
  env: NodeJS.ProcessEnv
  /** Null where DATABASE_URL was given. */
  embedded: EmbeddedServer | null
  /** Null where Slack is set up, and where this process only shares an installation. */
  slack: DevelopmentSlack | null
}

/** Stands in while the environment is checked before the embedded database is up. */
const NOT_YET = { DATABASE_URL: 'postgresql://embedded', COUNTERSIGN_SECRET: 'x'.repeat(32) }
const APPLICATION_ROLE = 'countersign_app'

/**
 * Brings up what the processes of one installation need: a checked configuration, a database that is migrated and
 * bootstrapped, and a queue that keeps its jobs.
 *
 * @param share use an embedded database that another process answers for
 * @throws ConfigError, EmbeddedInUseError, MigrationError, DomainMismatch, QueueRefused
 */
export async function prepare(given: NodeJS.ProcessEnv, share = false): Promise<Prepared> {
  loadEnvFile()
  const isEmbedded = !given['DATABASE_URL']
  // Every fault that can be told before anything is started is told before anything is started.
  const draft = parseConfig(isEmbedded ? { ...NOT_YET, ...withoutEmpty(given) } : given)
  const embedded = isEmbedded
    ? await startEmbedded({ folder: path.resolve(draft.dataFolder), share })
    : null
  let slack: DevelopmentSlack | null = null
  try {
    if (embedded && !share) slack = await playSlack(given, draft)
    const env = embedded
      ? { ...(await embeddedEnvironment(given, draft, embedded)), ...slack?.emulator?.env }
      : { ...given }
    const config = parseConfig(env)
    await migrate(config.migrationDatabaseUrl)
    if (embedded) await openApplicationRole(embedded)
    await setUp(config)
    return { config, env, embedded, slack }
  } catch (error) {
    await slack?.emulator?.close()
    await embedded?.stop()
    throw error
  }
}

async function embeddedEnvironment(
  given: NodeJS.ProcessEnv,
  { dataFolder }: Config,
  server: EmbeddedServer,
): Promise<NodeJS.ProcessEnv> {
  const url = new URL(server.url())
  url.password = applicationPassword(url.password)
  url.username = APPLICATION_ROLE
  return {
    ...given,
    DATABASE_URL: url.href,
    MIGRATION_DATABASE_URL: server.url(),
    COUNTERSIGN_SECRET: given['COUNTERSIGN_SECRET'] || (await keptSecret(dataFolder)),
    COUNTERSIGN_EMBEDDED: 'true',
    // Whoever tries the product receives webhooks on the same machine.
    WEBHOOK_ALLOWED: given['WEBHOOK_ALLOWED'] || 'localhost,127.0.0.1,::1',
    // The demonstration's people work somewhere.
    ORGANISATION: given['ORGANISATION'] || 'Osterby',
  }
}

/** The processes run as a role that cannot change the audit trail, on the embedded database too. */
async function openApplicationRole(server: EmbeddedServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.url() })
  await client.connect()
  try {
    const password = client.escapeLiteral(applicationPassword(new URL(server.url()).password))
    await client.query(`ALTER ROLE ${APPLICATION_ROLE} LOGIN PASSWORD ${password}`)
  } finally {
    await client.end()
  }
}

/** Known to whoever knows the owner's, and to nobody else. */
function applicationPassword(ownerPassword: string): string {
  return createHash('sha256').update(`${APPLICATION_ROLE} ${ownerPassword}`).digest('base64url')
}

/** The secret of an embedded installation lives beside its data: whoever copies one needs the other. */
async function keptSecret(dataFolder: string): Promise<string> {
  const file = path.resolve(dataFolder, 'secret')
  await mkdir(path.dirname(file), { recursive: true })
  const fresh = randomBytes(32).toString('base64url')
  await writeFile(file, `${fresh}\n`, { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
  await chmod(file, 0o600)
  return (await readFile(file, 'utf8')).trim()
}

async function setUp(config: Config): Promise<void> {
  const log = createLog({ logLevel: 'warn' })
  const db = createDb(config.databaseUrl, { poolMax: 2 })
  const queue = openBackend(config, { kind: 'queues' }, log)
  try {
    await bootstrap(db, config, createSealer(config.secret), Date.now())
    await queue.check()
  } finally {
    await Promise.all([db.$disconnect(), queue.close()])
  }
}

function withoutEmpty(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}
