import type { ChildProcess } from 'node:child_process'
import { constants } from 'node:os'
import type { ExitName } from './exits'
import { tell } from './terminal'

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

/** Takes the process's signals over until it is closed. */
export function openSignalDesk(): SignalDesk {
  const controller = new AbortController()
  let child: ChildProcess | null = null
  let hasEnded = false
  let count = 0
  const take = (signal: NodeJS.Signals) => {
    if (child !== null && !hasEnded) return passOn(child, signal)
    if (!isEnding(signal)) return
    count += 1
    // Whoever asks twice is in a hurry.
    if (count > 1) process.exit(codeOfSignal(signal))
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

/** A terminal sends Ctrl-C and Ctrl-\ to the child itself: twice would be a harder signal than was meant. */
function passOn(child: ChildProcess, signal: NodeJS.Signals): void {
  const isFromTerminal = process.stdin.isTTY && (signal === 'SIGINT' || signal === 'SIGQUIT')
  if (!isFromTerminal) child.kill(signal)
}
