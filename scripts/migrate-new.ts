import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { missingSql } from '../lib/db/migrate'
import { migrationsFolder, readMigrations } from '../lib/db/migration-files'
import { withScratch } from './embedded/scratch'

/** `npm run migrate:new -- what it is for`: writes the SQL that brings the migrations up to prisma/schema.prisma. */
const words = process.argv
  .slice(2)
  .join('_')
  .toLowerCase()
  .replaceAll(/[^a-z0-9]+/g, '_')
  .replaceAll(/^_+|_+$/g, '')

if (words === '') {
  console.error('Say what the migration is for: npm run migrate:new -- add votes')
  process.exit(2)
}

const sql = await withScratch((server) => missingSql(server.url()))
if (sql === '') {
  console.log('The migrations and prisma/schema.prisma agree: nothing to write.')
} else {
  const { migrationDirectories } = await readMigrations()
  const last = migrationDirectories.at(-1)?.path.slice(0, 4) ?? '0000'
  const name = `${String(Number(last) + 1).padStart(4, '0')}_${words}`
  await mkdir(path.join(migrationsFolder, name))
  await writeFile(path.join(migrationsFolder, name, 'migration.sql'), sql)
  console.log(`Wrote prisma/migrations/${name}/migration.sql: read it before you commit it.`)
}
