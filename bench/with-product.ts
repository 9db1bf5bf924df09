import { chmod, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { createRuntime, type Runtime } from '../lib/runtime'
import { firstStart } from '../scripts/first-start'
import { freePort } from '../scripts/free-port'
import { type Product, startProduct } from '../scripts/run/product'
import { type DemoKeys, seedDemo } from '../scripts/seed'

/** The built product, and a runtime beside it for what people do. */
export interface Running {
  product: Product
  runtime: Runtime
  demo: DemoKeys
}

/** Starts the built product with the demonstration's data on an embedded PostgreSQL of its own; all of it is gone afterwards. */
export async function withProduct(
  settings: Record<string, string>,
  use: (running: Running) => Promise<void>,
): Promise<void> {
  const interrupted = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)))
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-bench-'))
  // Root's temporary folders are closed to the user that PostgreSQL runs as.
  await chmod(folder, 0o711)
  const port = String(await freePort())
  const env = {
    ...process.env,
    COUNTERSIGN_DATA: folder,
    PORT: port,
    LOG_LEVEL: 'error',
    ...settings,
  }
  const { signal } = interrupted
  try {
    const product = await startProduct({ env, seed: firstStart, tell: console.error, signal })
    const runtime = await createRuntime({ ...product.config, logLevel: 'error' })
    try {
      const demo = await seedDemo(runtime)
      await Promise.race([use({ product, runtime, demo }), aborted(signal)])
    } finally {
      await runtime.close()
      await product.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
