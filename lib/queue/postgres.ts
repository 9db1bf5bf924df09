import {
  assertSchemaCompatibility,
  createPostgresBackend,
  DEFAULT_SCHEMA,
  LATEST_SCHEMA_VERSION,
  type PgPoolClient,
  runMigrations,
  SchemaMigrationRequiredError,
} from 'bullmq'
import pg from 'pg'
import { bounded } from './bounded'
import type { Backend, BackendRole } from './connection'
import { quietly } from './quietly'
import { OPERATION_TIMEOUT_MS } from './tuning'
import type { QueueLog } from './types'

/** A worker also holds one connection for LISTEN; more connections than this do not make PostgreSQL faster. */
const MOST_WORKER_CONNECTIONS = 6
const QUEUE_CONNECTIONS = 3

/** BullMQ's tables live in a schema of their own, `bullmq`, in Countersign's database. */
export function openPostgresBackend(url: string, role: BackendRole, log: QueueLog): Backend {
  const pool = new pg.Pool({
    connectionString: url,
    max:
      role.kind === 'worker'
        ? Math.min(role.concurrency + 2, MOST_WORKER_CONNECTIONS)
        : QUEUE_CONNECTIONS,
    connectionTimeoutMillis: OPERATION_TIMEOUT_MS,
    query_timeout: 2 * OPERATION_TIMEOUT_MS,
    // A connection that dies without a word would leave a worker listening to nobody.
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: `countersign ${role.kind}`,
    onConnect: (client) => client.query(`SET search_path TO ${DEFAULT_SCHEMA}`),
  })
  pool.on('error', quietly(log, 'PostgreSQL closed a connection of the queue'))
  let isChecked = false
  return {
    kind: 'postgres',
    connect: (name, options, roles) =>
      createPostgresBackend(name, { ...options, connection: pool }, roles),
    check: async () => {
      if (isChecked) return
      await prepareSchema(pool)
      isChecked = true
    },
    close: () => bounded(pool.end(), OPERATION_TIMEOUT_MS, 'PostgreSQL did not close in time'),
  }
}

/** Only a missing or older schema is touched, so a role without DDL rights works once an owner has started Countersign. */
async function prepareSchema(pool: pg.Pool): Promise<void> {
  const client = await pool.connect()
  try {
    if ((await schemaVersion(client)) < LATEST_SCHEMA_VERSION) await runMigrations(client)
  } finally {
    client.release()
  }
}

async function schemaVersion(client: PgPoolClient): Promise<number> {
  try {
    return await assertSchemaCompatibility(client)
  } catch (error) {
    if (error instanceof SchemaMigrationRequiredError) return 0
    throw error
  }
}
