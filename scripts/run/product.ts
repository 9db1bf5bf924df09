import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../lib/config'
import type { SlackEmulator } from '../slack/emulator'
import { ensureBuild } from './build'
import { type Prepared, prepare } from './prepare'
import { type Supervised, supervise } from './supervise'

export interface Product {
  config: Config
  /** For other processes of the same installation. */
  env: NodeJS.ProcessEnv
  isEmbedded: boolean
  /** Where people act in a Slack that is played on this machine; null where a real one is set up, or none. */
  slack: SlackEmulator | null
  web: Supervised
  worker: Supervised
  /** Hears Slack over Socket Mode; null without SLACK_APP_TOKEN. */
  socket: Supervised | null
  /** Lets all processes drain, then stops an embedded database. */
  stop(): Promise<void>
}

export interface ProductOptions {
  env: NodeJS.ProcessEnv
  /** Serve from the sources and start again on changes. */
  development?: boolean
  /** Runs when the database is ready and before anyone can ask it for something. */
  seed?: (prepared: Prepared) => Promise<void>
  /** Gives up at the next step. */
  signal?: AbortSignal
  /** For people: what happens, a sentence a time. */
  tell: (sentence: string) => void
}

/** A reason not to start, in a sentence for the person who tries to. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused'
}

const READY_LIMIT_MS = 120_000
const READY_POLL_MS = 100
const READY_TIMEOUT_MS = 3_000

/**
 * Starts the whole product: database, build, web process and worker. Resolves once /readyz answers.
 *
 * @throws StartRefused when the port is taken or the web process does not come up; and what `prepare` throws
 */
export async function startProduct(options: ProductOptions): Promise<Product> {
  const prepared = await prepare(options.env)
  const { config, embedded } = prepared
  const slack = prepared.slack?.emulator ?? null
  if (prepared.slack?.emulator === null) options.tell(prepared.slack.why)
  const env: NodeJS.ProcessEnv = {
    ...prepared.env,
    NODE_ENV: options.development ? 'development' : 'production',
    NEXT_TELEMETRY_DISABLED: '1',
  }
  const running: Supervised[] = []
  const stop = async () => {
    await Promise.all(running.map((each) => each.stop()))
    await Promise.all([slack?.close(), embedded?.stop()])
  }
  try {
    await refuseTakenPort(config.port)
    await options.seed?.(prepared)
    options.signal?.throwIfAborted()
    if (!options.development) await ensureBuild(options.tell, options.signal)
    let isReady = false
    let fault: string | null = null
    const launch = (name: string, source: string, own: NodeJS.ProcessEnv = env): Supervised => {
      const started = supervise({
        name,
        args: options.development ? fromSource(source) : fromBuild(source),
        env: own,
        onCrash: (sentence) => {
          options.tell(sentence)
          if (!isReady) fault ??= sentence
        },
      })
      running.push(started)
      return started
    }
    const web = launch('web', 'server')
    const worker = launch('worker', 'workers/main')
    const socket = config.slack?.appToken
      ? launch('slack', 'slack/main', slackEnvironment(env, config.slack.databaseUrl))
      : null
    await untilReady(config.port, () => {
      options.signal?.throwIfAborted()
      return fault
    })
    isReady = true
    return { config, env, isEmbedded: embedded !== null, slack, web, worker, socket, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** With a login of its own, the process that Slack speaks to is given no other. */
function slackEnvironment(env: NodeJS.ProcessEnv, databaseUrl: string | null): NodeJS.ProcessEnv {
  if (databaseUrl === null) return env
  // Set to nothing, not left out: a .env file beside the process must not bring them back.
  return { ...env, DATABASE_URL: databaseUrl, MIGRATION_DATABASE_URL: '', REDIS_URL: '' }
}

function fromBuild(source: string): string[] {
  return ['--enable-source-maps', path.join('dist', `${source}.js`)]
}

function fromSource(source: string): string[] {
  // Node's own --watch would take the pages that Next compiles for changed sources, and start again for ever.
  const watch = ['watch', '--clear-screen=false', '--exclude', '.next/**']
  return [createRequire(import.meta.url).resolve('tsx/cli'), ...watch, `${source}.ts`]
}

/** Node would tell the same, but as a crash of the web process. */
function refuseTakenPort(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause) => {
      const words = `Port ${port} cannot be used (${cause.message}): set PORT to another one.`
      reject(new StartRefused(words, { cause }))
    })
    probe.listen(port, () => probe.close(() => resolve()))
  })
}

async function untilReady(port: number, fault: () => string | null): Promise<void> {
  const limit = Date.now() + READY_LIMIT_MS
  while (Date.now() < limit) {
    const reason = fault()
    if (reason) throw new StartRefused(`Countersign did not start. ${reason}`)
    if (await isReady(port)) return
    await pause(READY_POLL_MS)
  }
  throw new StartRefused(`Countersign was not ready after ${READY_LIMIT_MS / 1000} s.`)
}

async function isReady(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`, {
      signal: AbortSignal.timeout(READY_TIMEOUT_MS),
    })
    return answer.status === 200
  } catch {
    return false
  }
}
