import { randomUUID } from 'node:crypto'
import type { MigrationList, SchemaEngine, SchemasContainer } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { migrationsFolder, readMigrations, readSchema, schemaFile } from './migration-files'
import { openSchemaEngine } from './schema-engine'

/** Any number will do, as long as nothing else in the database locks it. */
const MIGRATION_LOCK = 7_261_001
const LOCK_WAIT_MS = 120_000
/** As Prisma makes it. Looking for a missing table would be an error, and end the transaction. */
const MIGRATIONS_TABLE = `CREATE TABLE _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
)`
const NO_FILTER = { externalTables: [], externalEnums: [] }

/** A migration that cannot be applied, in a sentence for the person who starts the product. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

/**
 * Brings a database up to the migrations of a folder and returns the names it applied. Several processes may call it at
 * once: the first does the work, the others wait and find nothing to do. All of it is one transaction, so a crash or a
 * failing statement leaves the database as it was.
 *
 * @throws MigrationError when a script fails, an applied one was edited, or the database is newer than this code
 */
export async function migrate(databaseUrl: string, folder = migrationsFolder): Promise<string[]> {
  const migrationsList = await readMigrations(folder)
  return withClient(databaseUrl, async (client) => {
    await client.query(`SET lock_timeout = ${LOCK_WAIT_MS}`)
    await client.query('BEGIN')
    await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK])
    await ensureMigrationsTable(client)
    const applied = await apply(client, migrationsList)
    await client.query('COMMIT')
    return applied
  })
}

/**
 * The SQL that is still missing to bring what the migrations build up to the schema; empty when they agree. Works in a
 * shadow database that it creates and drops, so the user needs CREATEDB.
 */
export async function missingSql(
  databaseUrl: string,
  folder = migrationsFolder,
  schema = schemaFile,
): Promise<string> {
  const migrations = await readMigrations(folder)
  const target = await readSchema(schema)
  const name = `countersign_shadow_${randomUUID().replaceAll('-', '')}`
  const shadowUrl = new URL(databaseUrl)
  shadowUrl.pathname = `/${name}`
  return withClient(databaseUrl, async (client) => {
    await client.query(`CREATE DATABASE ${name}`)
    try {
      return await withClient(shadowUrl.href, (shadow) =>
        difference(client, shadow, migrations, target),
      )
    } finally {
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
    }
  })
}

/** Looks first: a role that may not create tables can start the product once its owner has migrated it. */
async function ensureMigrationsTable(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ known: boolean }>(
    `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS known`,
  )
  if (rows[0]?.known !== true) await client.query(MIGRATIONS_TABLE)
}

async function difference(
  client: pg.Client,
  shadow: pg.Client,
  migrations: MigrationList,
  target: SchemasContainer,
): Promise<string> {
  const datamodels = target.files.map((file): [string, string] => [file.path, file.content])
  const { engine, scriptError } = await openSchemaEngine(client, { client: shadow, datamodels })
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', ...target },
      script: true,
      exitCode: true,
      filters: NO_FILTER,
    })
    return exitCode === 0 ? '' : (stdout ?? '')
  } catch (error) {
    const words = scriptError() ?? String(error)
    throw new MigrationError(`The migrations do not run: ${words}`, { cause: error })
  } finally {
    engine.free()
  }
}

async function apply(client: pg.Client, migrationsList: MigrationList): Promise<string[]> {
  const { engine, scriptError } = await openSchemaEngine(client)
  try {
    await refuseOddHistory(engine, migrationsList)
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList,
      filters: NO_FILTER,
    })
    return appliedMigrationNames
  } catch (error) {
    if (error instanceof MigrationError) throw error
    const words = scriptError() ?? String(error)
    throw new MigrationError(`A migration failed: ${words}`, { cause: error })
  } finally {
    engine.free()
  }
}

async function refuseOddHistory(
  engine: SchemaEngine,
  migrationsList: MigrationList,
): Promise<void> {
  const { editedMigrationNames, history } = await engine.diagnoseMigrationHistory({
    migrationsList,
    optInToShadowDatabase: false,
    filters: NO_FILTER,
  })
  if (editedMigrationNames.length > 0) {
    throw new MigrationError(
      `Migration ${editedMigrationNames.join(', ')} was changed after it had been applied to this database.`,
    )
  }
  if (history !== null && history.diagnostic !== 'databaseIsBehind') {
    throw new MigrationError(
      `This database holds migrations that this version does not know (${history.unpersistedMigrationNames.join(', ')}): it belongs to a newer version.`,
    )
  }
}

/** Ends the connection whatever happens, and with it a transaction that was not committed. */
async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'migrate' })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
