import type { Contract } from '../../../lib/core/contract/contract'
import { visibleText } from '../../../lib/core/contract/visible'
import { isClearNo } from '../../errors'
import {
  ActionError,
  AlreadyRedeemedError,
  type Countersign,
  type GuardOptions,
  guard,
  NotReleasedError,
  type Obligation,
  RefusedError,
  type Released,
} from '../../index'
import type { Done } from '../command'
import { waitingLine } from '../describe'
import { CliError } from '../exits'
import { plain } from '../failure'
import type { Surroundings } from '../given'
import { environmentWithout } from '../settings'
import { Interrupted, openSignalDesk, type SignalDesk } from '../signals'
import { type Progress, startProgress, tell } from '../terminal'
import { type Observer, observe } from './observe'
import { runChild } from './run-child'
import { type Ended, endRunFile, type RunFile, saveRunFile } from './run-file'

export interface Plan extends Surroundings {
  client: Countersign
  contract: Contract
  argv: readonly string[]
  isJson: boolean
  /** Where the run has no name of its own. */
  runFile: RunFile | null
  /** null where the request is there already. */
  runKey: string | null
  /** The request that somebody else submitted. */
  requestId: string | null
  observers: readonly Observer[]
  keeps: ReadonlySet<string>
  supersedes: string | undefined
  timeoutMs: number | undefined
}

/** How far it has come, for whoever has to say what an error means. */
interface Trace {
  /** From `redeeming` on, the grant may be used up. */
  phase: 'waiting' | 'redeeming' | 'running'
  requestId: string | null
  ticketUrl: string | null
  ended: Ended | null
}

interface Attempt {
  plan: Plan
  trace: Trace
  desk: SignalDesk
  progress: Progress
}

/** Waits, redeems, runs the command once, reports. @throws what failureOf can tell */
export async function guardedRun(plan: Plan): Promise<Done> {
  const trace: Trace = {
    phase: 'waiting',
    requestId: plan.requestId,
    ticketUrl: null,
    ended: null,
  }
  const { isJson, env } = plan
  const attempt = { plan, trace, desk: openSignalDesk(isJson), progress: startProgress(env) }
  try {
    return await guarded(attempt)
  } finally {
    attempt.progress.end()
    attempt.desk.close()
  }
}

async function guarded(attempt: Attempt): Promise<Done> {
  const { plan, trace, desk, progress } = attempt
  const { client, contract, supersedes, timeoutMs, observers, keeps } = plan
  const startedAt = Date.now()
  try {
    const { request, reportError } = await guard(
      client,
      contract,
      (released) => runReleased(attempt, released),
      {
        ...whichRun(plan),
        ...(supersedes !== undefined && { supersedes }),
        ...(timeoutMs !== undefined && { timeoutMs }),
        signal: desk.signal,
        onUpdate: (request) => {
          trace.requestId = request.request_id
          trace.ticketUrl = request.ticket_url
          progress.show(() => waitingLine(request, startedAt, Date.now()))
        },
        observe: async () => {
          const seen = await observe(observers, environmentWithout(plan.env), desk.signal)
          trace.phase = 'redeeming'
          return seen
        },
        keeps: ({ name }) => keeps.has(name),
      },
    )
    return await ranDone(plan, request.request_id, trace.ended, reportError === null)
  } catch (error) {
    progress.end()
    if (error instanceof ActionError && trace.ended !== null) {
      const requestId = trace.requestId ?? ''
      return await ranDone(
        plan,
        requestId,
        trace.ended,
        await isReported(plan, requestId, trace.ended),
      )
    }
    await forgetEnded(plan, error)
    throw await explained(attempt, error)
  }
}

function whichRun({ runKey, requestId }: Plan): Pick<GuardOptions, 'handle' | 'idempotencyKey'> {
  if (requestId !== null) {
    return { handle: { v: 1, request_id: requestId, run_key: null, contract_digest: null } }
  }
  return runKey === null ? {} : { idempotencyKey: runKey }
}

/** From here on the grant is used up. Nothing may be thrown but how the command ended. */
async function runReleased({ plan, trace, desk, progress }: Attempt, released: Released) {
  const { argv, cwd, env, isJson, runFile } = plan
  const { requestId, obligations } = released
  trace.phase = 'running'
  trace.requestId = requestId
  progress.end()
  tell(`countersign: ${requestId} is released and redeemed, running ${argv[0]}`)
  const childEnv = { ...environmentWithout(env), ...given(requestId, obligations) }
  const ended = await runChild(argv, { env: childEnv, cwd, isJson, desk })
  trace.ended = ended
  if (runFile !== null) {
    // Should this process end before the server knows, the next start tells it.
    await saveRunFile({ ...runFile, requestId, ended }).catch((error: unknown) => {
      tell(`countersign: ${runFile.file} cannot be written: ${error}`)
    })
  }
  if (ended.outcome !== 'succeeded') throw new ActionError(ended.outcome, ended.detail)
}

/** What the command is told: for which request it runs, and what was promised in its name. Never a key, never the token. */
function given(requestId: string, obligations: readonly Obligation[]): Record<string, string> {
  return {
    COUNTERSIGN_REQUEST_ID: requestId,
    ...(obligations.length > 0 && { COUNTERSIGN_OBLIGATIONS: JSON.stringify(obligations) }),
  }
}

const LAST_WORD = { maxTries: 1, timeoutMs: 5_000 }

/** Reports may be repeated, so asking again tells whether the one of `guard` got through. */
async function isReported({ client }: Plan, requestId: string, ended: Ended): Promise<boolean> {
  return await client.report(requestId, ended.outcome, ended.detail, LAST_WORD).then(
    () => true,
    () => false,
  )
}

async function ranDone(
  { runFile, isJson, client }: Plan,
  requestId: string,
  ended: Ended | null,
  reported: boolean,
): Promise<Done> {
  if (ended === null) throw new CliError('fault', 'The command did not run, and nobody says why.')
  const { outcome, code, detail } = ended
  if (reported) await forget(runFile)
  if (reported) tell(`countersign: ${detail} Reported as ${outcome}.`)
  else {
    tell(`countersign: ${detail} That could not be reported. Tell it with:`)
    tell(`countersign report ${requestId} ${outcome}`)
  }
  const request = isJson ? await client.get(requestId).catch(() => null) : null
  return {
    exit: 'ran',
    code,
    lines: [],
    json: {
      ran: true,
      request_id: requestId,
      outcome,
      detail,
      reported,
      request: request && plain(request),
    },
  }
}

const OVER = new Set(['grant_lapsed', 'grant_revoked', 'grant_burnt'])

/** A run that can never run any more is over: the same command begins a new one. One that may have run is kept. */
async function forgetEnded({ runFile }: Plan, error: unknown): Promise<void> {
  const isBurnt =
    error instanceof RefusedError && (error.disposition === 'burn' || OVER.has(error.code))
  if (isBurnt || error instanceof NotReleasedError) await forget(runFile)
}

/** A file that cannot be taken away changes nothing about how the command ended. */
async function forget(runFile: RunFile | null): Promise<void> {
  if (runFile === null) return
  await endRunFile(runFile).catch((error: unknown) => {
    tell(`countersign: ${runFile.file} cannot be taken away: ${error}`)
  })
}

/** The same error, or what it means to whoever started the command. */
async function explained({ plan, trace }: Attempt, error: unknown): Promise<unknown> {
  if (error instanceof AlreadyRedeemedError) return await redeemedBefore(plan, error)
  if (trace.phase === 'redeeming' && !isClearNo(error)) {
    const why = visibleText(error instanceof Error ? error.message : String(error))
    return new CliError(
      'unknown',
      `Whether it was redeemed is not known (${why}). Nothing ran. Start the same again: it runs only if it was not.`,
      'redeem_lost',
      trace.requestId ?? undefined,
    )
  }
  return error instanceof Interrupted ? stillOpen(plan, trace, error) : error
}

function stillOpen(
  { runFile }: Plan,
  { requestId, ticketUrl }: Trace,
  { exit }: Interrupted,
): CliError {
  const known = ticketUrl ?? requestId
  const where = known === null ? '' : `: ${known}`
  const how = runFile === null ? '' : ' in this folder'
  const message = `Nothing ran. The request stays as it is${where}. To go on, start the same command again${how}; to take it back, countersign cancel.`
  return new CliError(exit, message, 'interrupted', requestId ?? undefined)
}

async function redeemedBefore(
  { client, runFile }: Plan,
  { requestId = '' }: AlreadyRedeemedError,
): Promise<CliError> {
  const request = await client.get(requestId).catch(() => null)
  const outcome = request?.grant?.outcome ?? null
  const anew = runFile === null ? 'name another run' : 'start it with --new-run'
  if (outcome !== null && outcome !== 'unknown') {
    await forget(runFile)
    const message = `This run ran before (${requestId}) and ${outcome}. It is not run again; for another, ${anew}.`
    return new CliError('already_run', message, outcome, requestId)
  }
  const told = outcome === null ? 'That could not be reported.' : 'It is reported as unknown.'
  const message = [
    `This run was redeemed before (${requestId}), and how it ended is not known. It is not run again. ${told}`,
    `Look at what it did, tell it with: countersign report ${requestId} succeeded|failed|rolled_back`,
    `For another run, ${anew}.`,
  ].join('\n')
  return new CliError('unknown', message, 'already_redeemed', requestId)
}
