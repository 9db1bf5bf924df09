import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Config } from '#lib/config'
import { atEndOfFile } from './at-end-of-file'

export interface WorkerProcess {
  pid: number
  /** Everything it has logged. */
  log: () => string
  isRunning: () => boolean
  signal: (name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT') => Promise<void>
  /** Asks it to drain. @returns its exit code */
  drain: () => Promise<number | null>
}

const MAIN = fileURLToPath(new URL('../workers/main.ts', import.meta.url))

/** A worker process of the product, from its sources. Ends with the test file at the latest. */
export async function startWorker(
  config: Pick<Config, 'databaseUrl' | 'secret' | 'publicUrl'>,
  env: Record<string, string> = {},
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      NODE_ENV: 'production',
      DATABASE_URL: config.databaseUrl,
      COUNTERSIGN_SECRET: config.secret,
      PUBLIC_URL: config.publicUrl,
      LOG_LEVEL: 'info',
      // Set to nothing, so that no .env file of a developer sets them.
      REDIS_URL: '',
      STAGE0_URL: '',
      STAGE0_KEY: '',
      ...env,
    },
  })
  const exited = once(child, 'exit')
  atEndOfFile(async () => {
    if (isRunning(child)) child.kill('SIGKILL')
    await exited
  })
  let log = ''
  const ready = new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('worker ready')) resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', () => reject(new Error(`the worker ended at once: ${log}`)))
  })
  await ready
  return {
    pid: child.pid ?? 0,
    log: () => log,
    isRunning: () => isRunning(child),
    signal: async (name) => {
      child.kill(name)
      if (name === 'SIGKILL') await exited
    },
    drain: async () => {
      child.kill('SIGTERM')
      await exited
      return child.exitCode
    },
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}
