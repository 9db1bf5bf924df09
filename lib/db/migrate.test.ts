import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, expect, test } from 'vitest'
import { testDatabase } from '../../test/database'
import { createDb } from './client'
import { MigrationError, migrate, missingSql } from './migrate'
import { migrationsFolder, readMigrations, schemaFile } from './migration-files'

const migrated = await testDatabase()
const folders: string[] = []
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))))

/** A folder of migrations, by name and SQL. */
async function folderOf(migrations: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-migrations-'))
  folders.push(folder)
  for (const [name, sql] of Object.entries(migrations)) {
    await mkdir(path.join(folder, name))
    await writeFile(path.join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

test('the migrations and schema.prisma agree', async () => {
  expect(await missingSql(migrated.url)).toBe('')
})

test('a schema that the migrations do not reach is told as SQL', async () => {
  const folder = await folderOf({})
  const schema = path.join(folder, 'schema.prisma')
  const text = await readFile(schemaFile, 'utf8')
  await writeFile(schema, `${text}\nmodel Extra {\n  id Int @id\n\n  @@map("extra")\n}\n`)
  expect(await missingSql(migrated.url, migrationsFolder, schema)).toContain('CREATE TABLE "extra"')
})

test('working out what is missing leaves the database itself alone', async () => {
  const { url } = await testDatabase({ migrated: false })
  await missingSql(url)
  expect(await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual(
    [],
  )
})

test('processes that start at once apply each migration once', async () => {
  const { url } = await testDatabase({ migrated: false })
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(url)))
  const { migrationDirectories } = await readMigrations()
  expect(applied.flat()).toEqual(migrationDirectories.map((migration) => migration.path))
  const rows = await query(
    url,
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY 1',
  )
  expect(rows.map((row) => row['migration_name'])).toEqual(applied.flat())
})

test('a failing migration names its fault, leaves nothing behind and can be mended', async () => {
  const { url } = await testDatabase({ migrated: false })
  const broken = await folderOf({
    '0001_good': 'CREATE TABLE good (id int);',
    '0002_bad': 'CREATE TABLE bad (id int); SELECT no_such_function();',
  })
  await expect(migrate(url, broken)).rejects.toThrow(/no_such_function/)
  expect(await query(url, `SELECT tablename FROM pg_tables WHERE schemaname = 'public'`)).toEqual(
    [],
  )
  const mended = await folderOf({
    '0001_good': 'CREATE TABLE good (id int);',
    '0002_bad': 'CREATE TABLE bad (id int);',
  })
  expect(await migrate(url, mended)).toEqual(['0001_good', '0002_bad'])
  expect(await migrate(url, mended)).toEqual([])
})

test('a function whose body holds semicolons arrives whole', async () => {
  const { url } = await testDatabase({ migrated: false })
  await migrate(
    url,
    await folderOf({
      '0001_function': `-- one; two
        CREATE FUNCTION three() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; RETURN 2; END; $$;`,
    }),
  )
  expect(await query(url, 'SELECT three()')).toEqual([{ three: 1 }])
})

test('a migration edited after it was applied is refused', async () => {
  const { url } = await testDatabase({ migrated: false })
  await migrate(url, await folderOf({ '0001_one': 'CREATE TABLE one (id int);' }))
  const edited = await folderOf({ '0001_one': 'CREATE TABLE one (id bigint);' })
  await expect(migrate(url, edited)).rejects.toThrow(MigrationError)
  await expect(migrate(url, edited)).rejects.toThrow(/0001_one was changed/)
})

test('a database of a newer version is refused', async () => {
  const { url } = await testDatabase({ migrated: false })
  const old = await folderOf({})
  await cp(migrationsFolder, old, { recursive: true })
  const newer = await folderOf({ '9999_newer': 'CREATE TABLE newer (id int);' })
  await cp(migrationsFolder, newer, { recursive: true })
  await migrate(url, newer)
  await expect(migrate(url, old)).rejects.toThrow(/9999_newer.*newer version/)
})

test('a migration without a number and words is refused', async () => {
  await expect(readMigrations(await folderOf({ add_votes: '' }))).rejects.toThrow(/NNNN_words/)
})

test('audit entries can be neither changed nor deleted, not even by the owner of the tables', async () => {
  const db = createDb(migrated.url)
  try {
    await db.event.create({
      data: {
        stream: 'installation',
        ordinal: 1,
        type: 'made',
        at: new Date(0),
        actor: {},
        body: {},
        prev: '',
        hash: 'h',
      },
    })
    for (const statement of [
      `UPDATE events SET type = 'other'`,
      'DELETE FROM events',
      'TRUNCATE events',
      'UPDATE decisions SET ordinal = 2',
      'DELETE FROM log_leaves',
      'TRUNCATE checkpoints',
    ]) {
      await expect(db.$executeRawUnsafe(statement)).rejects.toThrow(/append-only/)
    }
    expect(await db.event.count()).toBe(1)
  } finally {
    await db.$disconnect()
  }
})

test('the application role finds nothing to migrate, and may not migrate', async () => {
  const { url, name } = await testDatabase()
  await query(url, `CREATE ROLE ${name} LOGIN PASSWORD 'p' IN ROLE countersign_app`)
  const asApplication = new URL(url)
  asApplication.username = name
  asApplication.password = 'p'
  try {
    expect(await migrate(asApplication.href)).toEqual([])
    const newer = await folderOf({ '9999_newer': 'CREATE TABLE newer (id int);' })
    await cp(migrationsFolder, newer, { recursive: true })
    await expect(migrate(asApplication.href, newer)).rejects.toThrow(MigrationError)
  } finally {
    await query(url, `DROP OWNED BY ${name}; DROP ROLE ${name}`)
  }
})

test('the application role adds to the audit trail and can change neither it nor a published policy', async () => {
  const rows = await query<{ table: string; may: string }>(
    migrated.url,
    `SELECT t AS table, string_agg(p, ' ' ORDER BY p) AS may
     FROM unnest(ARRAY['events', 'decisions', 'log_leaves', 'checkpoints', 'policy_versions', 'requests', '_prisma_migrations']) t,
          unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p
     WHERE has_table_privilege('countersign_app', t, p) GROUP BY t`,
  )
  expect(Object.fromEntries(rows.map((row) => [row.table, row.may]))).toEqual({
    events: 'INSERT SELECT',
    decisions: 'INSERT SELECT',
    log_leaves: 'INSERT SELECT',
    checkpoints: 'INSERT SELECT',
    policy_versions: 'INSERT SELECT',
    requests: 'DELETE INSERT SELECT UPDATE',
    _prisma_migrations: 'SELECT',
  })
})
