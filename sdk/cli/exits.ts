/**
 * How the CLI ends: its own exit codes. `run` passes the code of its command on, so its own begin at 64, where few programs
 * have theirs (64 to 78 as in BSD's sysexits, 80 to 87 are this program's); with `--json`, `exit` is
 * `ran` where the code is the command's.
 */
export const EXITS = {
  ok: { code: 0, means: 'done' },
  does_not_hold: { code: 1, means: 'checked, and it does not hold' },
  usage: { code: 64, means: 'wrong command line, contract or file; nothing was sent' },
  unreachable: { code: 69, means: 'the server does not answer, after every try' },
  fault: { code: 70, means: 'the server answered what cannot be read, or a fault in here' },
  still_open: { code: 75, means: 'the time to wait is over and the request is still open' },
  forbidden: { code: 77, means: 'the key is wrong, or may not do this' },
  settings: {
    code: 78,
    means: 'a setting is missing or wrong, or a file with keys is not private',
  },
  denied: { code: 80, means: 'policy said no' },
  rejected: { code: 81, means: 'a human said no; the reason is told' },
  expired: { code: 82, means: 'nobody said yes in time' },
  cancelled: { code: 83, means: 'the request was taken back' },
  superseded: { code: 84, means: 'a newer request took its place' },
  unknown: {
    code: 85,
    means: 'redeemed before, or perhaps: not run now, and how it ended is not known',
  },
  refused: { code: 86, means: 'refused by the server or in here: the grant cannot be used so' },
  already_run: { code: 87, means: 'this run ran before, and how it ended is known; not run again' },
  not_executable: { code: 126, means: 'the command cannot be executed' },
  not_found: { code: 127, means: 'the command is not found' },
  sighup: { code: 129, means: 'ended by SIGHUP; before the command ran, the request stays open' },
  sigint: { code: 130, means: 'ended by SIGINT; before the command ran, the request stays open' },
  sigterm: { code: 143, means: 'ended by SIGTERM; before the command ran, the request stays open' },
} as const

export type ExitName = keyof typeof EXITS

/** What ends a command with something else than its answer. `code` is stable, as in the refusals of the server. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exit: ExitName
  readonly code: string
  readonly requestId: string | undefined

  constructor(exit: ExitName, message: string, code: string = exit, requestId?: string) {
    super(message)
    this.exit = exit
    this.code = code
    this.requestId = requestId
  }
}

export function usageError(message: string): CliError {
  return new CliError('usage', message)
}
