import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { isatty } from 'node:tty'
import type { ExitName } from './exits'
import { answerJson, tell } from './terminal'

/** These end a wait. While a command runs they are its own. */
const ENDING = { SIGINT: 'sigint', SIGTERM: 'sigterm', SIGHUP: 'sighup' } as const
type Ending = keyof typeof ENDING
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** The user has had enough, before anything ran. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly exit: ExitName

  constructor(by: Ending) {
    super(`Ended by ${by}`)
    this.exit = ENDING[by]
  }
}

export interface SignalDesk {
  /** Aborts, with Interrupted as its reason, at a signal that comes before there is a child. */
  signal: AbortSignal
  /** From here on signals go to this process. */
  passTo: (child: ChildProcess) => void
  /** The child is gone, and how it ended is being reported: that is not to be cut short by accident. */
  childEnded: () => void
  close: () => void
}

/**
 * Takes the process's signals over until it is closed.
 * @param isJson whether whoever leaves in a hurry is owed a JSON document all the same
 */
export function openSignalDesk(isJson: boolean): SignalDesk {
  const controller = new AbortController()
  let child: ChildProcess | null = null
  let hasEnded = false
  let count = 0
  const take = (signal: NodeJS.Signals) => {
    if (child !== null && !hasEnded) return passOn(child, signal)
    if (!isEnding(signal)) return
    count += 1
    // Whoever asks twice is in a hurry.
    if (count > 1) return leave(signal, isJson)
    if (hasEnded) tell('countersign: reporting how it ended; once more to leave that undone')
    else controller.abort(new Interrupted(signal))
  }
  for (const signal of PASSED_ON) process.on(signal, take)
  return {
    signal: controller.signal,
    passTo: (started) => {
      child = started
    },
    childEnded: () => {
      hasEnded = true
      count = 0
    },
    close: () => {
      for (const signal of PASSED_ON) process.off(signal, take)
    },
  }
}

function isEnding(signal: NodeJS.Signals): signal is Ending {
  return Object.hasOwn(ENDING, signal)
}

/** 128 + n, as shells tell a process that a signal ended. */
export function codeOfSignal(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal]
}

function leave(signal: Ending, isJson: boolean): void {
  const exit = ENDING[signal]
  const code = codeOfSignal(signal)
  const message = 'Left at once: what was under way is not known to have ended.'
  if (isJson) {
    answerJson({ ok: false, exit, exit_code: code, code: 'interrupted', message, request_id: null })
  }
  process.exit(code)
}

/** A terminal sends Ctrl-C and Ctrl-\ to the child itself: twice would be a harder signal than was meant. */
function passOn(child: ChildProcess, signal: NodeJS.Signals): void {
  const isFromTerminal = (signal === 'SIGINT' || signal === 'SIGQUIT') && isInForeground()
  if (!isFromTerminal) child.kill(signal)
}

/**
 * Whether the keys of a terminal reach this process, and so its child: they do where its group is in the foreground, wherever
 * its streams lead. Node's own stdin is not touched for that: opening it would change the pipe that the child reads from.
 */
function isInForeground(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8')
    // Behind the name, which may hold anything: state, parent, group, session, terminal, the terminal's foreground group.
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return group === foreground
  } catch {
    // Not Linux.
    return [0, 1, 2].some((stream) => isatty(stream))
  }
}
