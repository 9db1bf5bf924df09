import { ConfigError, loadEnvFile } from '../lib/config'
import { MigrationError, migrate } from '../lib/db/migrate'

/** `npm run migrate`: brings the database of DATABASE_URL up to date. `npm start` does the same. */
loadEnvFile()
const url = process.env['MIGRATION_DATABASE_URL'] || process.env['DATABASE_URL']
try {
  if (!url) {
    throw new ConfigError([
      'DATABASE_URL is not set: the embedded database is migrated by npm start.',
    ])
  }
  const applied = await migrate(url)
  console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.')
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof MigrationError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
