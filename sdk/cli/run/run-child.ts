import { type ChildProcess, spawn } from 'node:child_process'
import { EXITS } from '../exits'
import { codeOfSignal, type SignalDesk } from '../signals'
import type { Ended } from './run-file'

interface How {
  env: NodeJS.ProcessEnv
  cwd: string
  /** Its stdout goes to stderr: stdout is kept for one JSON document. */
  isJson: boolean
  desk: SignalDesk
}

const STDERR = 2

/** Runs the command to its end. Never rejects: however it ended is to be reported. */
export function runChild(argv: readonly string[], how: How): Promise<Ended> {
  const { env, cwd, isJson, desk } = how
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const out = isJson ? STDERR : 'inherit'
    const end = (ended: Ended) => {
      desk.childEnded()
      resolve(ended)
    }
    const child = started(() =>
      spawn(program, args, { env, cwd, stdio: ['inherit', out, 'inherit'] }),
    )
    if (child instanceof Error) return end(notStarted(child))
    desk.passTo(child)
    child.once('error', (error: NodeJS.ErrnoException) => {
      // An error of a process that runs (a signal that could not be passed on) is not its end.
      if (child.pid === undefined) end(notStarted(error))
    })
    child.once('exit', (code, signal) => end(signal === null ? ended(code ?? 0) : killed(signal)))
  })
}

/** Some of what the system refuses is thrown at once, such as a file that is being written, the rest is told later. */
function started(start: () => ChildProcess): ChildProcess | NodeJS.ErrnoException {
  try {
    return start()
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function ended(code: number): Ended {
  return { outcome: code === 0 ? 'succeeded' : 'failed', code, detail: `It exited with ${code}.` }
}

/** A command that a signal ended did not say how far it came. */
function killed(signal: NodeJS.Signals): Ended {
  return { outcome: 'unknown', code: codeOfSignal(signal), detail: `${signal} ended it.` }
}

function notStarted({ code: reason = 'unknown' }: NodeJS.ErrnoException): Ended {
  const { code } = reason === 'ENOENT' ? EXITS.not_found : EXITS.not_executable
  return { outcome: 'failed', code, detail: `It could not be started: ${reason}.` }
}
