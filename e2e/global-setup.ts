import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { firstStart } from '../scripts/first-start'
import { freePort } from '../scripts/free-port'
import { startProduct } from '../scripts/run/product'

/** Starts the built product on a fresh embedded database, as `npm start` does, for all specs. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-e2e-'))
  await chmod(folder, 0o711)
  const product = await startProduct({
    env: {
      ...process.env,
      DATABASE_URL: '',
      REDIS_URL: '',
      PUBLIC_URL: '',
      PORT: String(await freePort()),
      COUNTERSIGN_DATA: folder,
      // Each test comes from an address of its own, so that one does not use up another's attempts.
      TRUSTED_PROXIES: '127.0.0.0/8,::1',
      LOG_LEVEL: 'warn',
    },
    seed: firstStart,
    tell: console.log,
  })
  process.env['E2E_URL'] = product.config.publicUrl
  process.env['E2E_DATABASE_URL'] = product.config.migrationDatabaseUrl
  process.env['E2E_SECRET'] = product.config.secret
  process.env['E2E_SLACK_URL'] = product.slack?.pageUrl ?? ''
  return async () => {
    await product.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
