import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import type { MigrationList, SchemasContainer } from '@prisma/schema-engine-wasm'

export const prismaFolder = path.join(import.meta.dirname, '../../prisma')
export const migrationsFolder = path.join(prismaFolder, 'migrations')
export const schemaFile = path.join(prismaFolder, 'schema.prisma')

/** `0001_main_loop`: the number orders them, the words say what for. */
const MIGRATION_NAME = /^\d{4}_[a-z0-9_]+$/

/** Every migration of a folder, in order, as the schema engine wants them. A folder that breaks the naming is an error. */
export async function readMigrations(folder = migrationsFolder): Promise<MigrationList> {
  const names = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  for (const name of names) {
    if (!MIGRATION_NAME.test(name)) {
      throw new Error(`Migration "${name}" is not named NNNN_words (four digits, then words).`)
    }
  }
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(path.join(folder, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  }
}

export async function readSchema(file = schemaFile): Promise<SchemasContainer> {
  return { files: [{ path: file, content: await readFile(file, 'utf8') }] }
}
