import { type ChildProcess, spawn } from 'node:child_process'
import path from 'node:path'

export interface Supervised {
  /** Process id of the process that runs at the moment. */
  pid(): number | undefined
  /** Asks it to drain and waits until it has ended; kills it when it takes too long. */
  stop(): Promise<void>
}

export interface SupervisedOptions {
  /** What it is called in messages. */
  name: string
  /** Arguments to node. */
  args: string[]
  env: NodeJS.ProcessEnv
  /** Told each time it ended without having been asked to, with the sentence for people. */
  onCrash: (sentence: string) => void
}

const DRAIN_LIMIT_MS = 45_000
const FIRST_RESTART_MS = 500
const LONGEST_RESTART_MS = 30_000
/** A process that ran this long was well: the next restart is quick again. */
const WELL_AFTER_MS = 60_000

/** Asks the process to drain when whoever started it has gone, so that a killed `npm start` leaves no process behind. */
const LEAVE_WITH_PARENT = path.join(import.meta.dirname, 'leave-with-parent.js')

/**
 * Runs a node process and starts it again when it ends by itself, waiting longer each time. It leads a process group of
 * its own, so that Ctrl-C in a terminal reaches us alone and each process is told once.
 */
export function supervise(options: SupervisedOptions): Supervised {
  let child: ChildProcess | null = null
  let restart: NodeJS.Timeout | null = null
  let crashes = 0
  let isStopping = false

  const launch = () => {
    const startedAt = Date.now()
    const launched = spawn(process.execPath, ['--import', LEAVE_WITH_PARENT, ...options.args], {
      env: options.env,
      detached: true,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child = launched
    launched.once('error', (error) => options.onCrash(`${options.name}: ${error.message}`))
    launched.once('exit', (code, signal) => {
      if (child === launched) child = null
      if (isStopping) return
      crashes = Date.now() - startedAt > WELL_AFTER_MS ? 0 : crashes + 1
      const waitMs = Math.min(FIRST_RESTART_MS * 2 ** Math.max(crashes - 1, 0), LONGEST_RESTART_MS)
      restart = setTimeout(launch, waitMs)
      options.onCrash(
        `The ${options.name} process ended (${signal ?? `exit code ${code}`}); it starts again in ${waitMs / 1000} s.`,
      )
    })
  }

  launch()
  return {
    pid: () => child?.pid,
    stop: async () => {
      isStopping = true
      if (restart) clearTimeout(restart)
      if (child) await end(child)
    },
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const tooLong = setTimeout(() => child.kill('SIGKILL'), DRAIN_LIMIT_MS)
  await ended
  clearTimeout(tooLong)
}
