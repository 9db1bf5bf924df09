import type { Hono } from 'hono'
import type { ApiContext } from './call'

const JWKS_SECONDS = 300
const READY_TIMEOUT_MS = 2_000

/** Calls without a key: the public keys, liveness, readiness. */
export function operational(app: Hono, { runtime }: ApiContext): void {
  app.get('/.well-known/jwks.json', async (c) => {
    c.header('cache-control', `public, max-age=${JWKS_SECONDS}`)
    return c.json(await runtime.keys.jwks())
  })
  app.get('/healthz', (c) => c.json({ status: 'ok' }))
  app.get('/readyz', async (c) => {
    const checks = {
      database: await holds(() => runtime.db.$queryRawUnsafe('SELECT 1')),
      keys: await holds(() => runtime.keys.tokenSigner()),
    }
    const isReady = Object.values(checks).every(Boolean)
    return c.json({ status: isReady ? 'ready' : 'not_ready', checks }, isReady ? 200 : 503)
  })
}

async function holds(check: () => Promise<unknown>): Promise<boolean> {
  const late = new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error('too slow')), READY_TIMEOUT_MS).unref()
  })
  try {
    await Promise.race([check(), late])
    return true
  } catch {
    // The answer is the report; whoever reads it looks into the log.
    return false
  }
}
