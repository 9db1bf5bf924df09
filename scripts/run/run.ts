import { DomainMismatch } from '../../lib/commands/bootstrap'
import { ConfigError } from '../../lib/config'
import { MigrationError } from '../../lib/db/migrate'
import { QueueRefused } from '../../lib/queue/types'
import { EmbeddedInUseError } from '../embedded/server'
import { showCodes } from '../lib/demo-slack'
import { type Product, type ProductOptions, StartRefused, startProduct } from './product'

/** Told in their own words: the person who starts the product can do something about them. */
const SENTENCES = [
  ConfigError,
  DomainMismatch,
  EmbeddedInUseError,
  MigrationError,
  QueueRefused,
  StartRefused,
]

/** Starts the product, says where it is, and runs until SIGTERM or Ctrl-C. A second signal ends it at once. */
export async function run(
  options: Omit<ProductOptions, 'env' | 'tell' | 'signal'> & {
    /** What to say once it is up, after the address. */
    links?: (product: Product) => Promise<string[]>
  },
): Promise<void> {
  const signal = firstSignal()
  try {
    const product = await startProduct({ ...options, signal, env: process.env, tell: console.log })
    console.log(`Countersign is ready: ${product.config.publicUrl}`)
    if (product.slack) console.log(`Its Slack, as people see it: ${product.slack.pageUrl}`)
    for (const line of (await options.links?.(product)) ?? []) console.log(line)
    const hideCodes = product.slack ? await showCodes(product) : null
    await aborted(signal)
    await hideCodes?.()
    console.log('Stopping: what is running is finished first.')
    await product.stop()
    process.exit(0)
  } catch (error) {
    if (!signal.aborted) console.error(isSentence(error) ? error.message : error)
    process.exit(1)
  }
}

function isSentence(error: unknown): error is Error {
  return SENTENCES.some((kind) => error instanceof kind)
}

function firstSignal(): AbortSignal {
  const controller = new AbortController()
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1)
    controller.abort()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return controller.signal
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
