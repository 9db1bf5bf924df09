import type { Contract } from '../../../lib/core/contract/contract'
import { RefusedError } from '../../index'
import type { Call, Command, Done } from '../command'
import { CliError, usageError } from '../exits'
import { readContractFile } from '../read-input'
import { assertBound, bindCommand } from '../run/binding'
import { assertProgram } from '../run/find-program'
import { guardedRun, type Plan } from '../run/guarded-run'
import { readObservers } from '../run/observe'
import { endRunFile, openRunFile, type RunFile, startNewRun } from '../run/run-file'
import { runIdOf, timeoutOf } from '../run-options'
import { tell } from '../terminal'

export const run: Command = {
  name: 'run',
  summary: 'run a command once the contract is released, at most once',
  usage: '--contract FILE [options] -- COMMAND [WORD …]',
  about: `Submits the contract, waits for policy and people, redeems, runs the command once, and reports how it ended. Nothing runs
before the server has said ok to redeem. The exit code is the command's own.

Started again, it goes on with the same request: by run_id of the contract, by --run-id, or else by a file under
$XDG_STATE_HOME that is kept for this contract, command, folder and installation until the run is over. On machines that
are thrown away (most CI) give --run-id. A run that was redeemed is never run again, whoever was killed when.

Where an agent submits (countersign request) and this runs what was signed, give its request with --request, and the same
contract: then this process needs no agent key, and the agent needs none of the runtime.

What is signed is the contract. The command is part of it where the arguments of a tool say so: as a list of words, or as
"command" in an object. Then it has to be the same, or nothing is sent. --bind puts it there. What is in the files that the
command reads, its environment and its folder are not signed: let a precondition hold what matters, as in the example.

The command gets COUNTERSIGN_REQUEST_ID, COUNTERSIGN_OBLIGATIONS (JSON, where there are some), and no other variable that
begins with COUNTERSIGN_, so no key. With --json its stdout goes to stderr.`,
  options: {
    contract: { value: 'FILE', help: 'the contract, JSON; - for stdin' },
    request: {
      value: 'REQUEST',
      help: 'the request that an agent submitted for this contract: then no agent key is needed here',
    },
    'run-id': {
      value: 'NAME',
      help: 'names the run, e.g. "$CI_PIPELINE_ID"; the same name never runs twice',
    },
    'new-run': { help: 'forget the run that was begun here, and begin another' },
    bind: {
      help: "put the command into the arguments of the contract's one tool, so that it is signed",
    },
    observe: {
      value: 'NAME=COMMAND',
      isMultiple: true,
      help: 'what to look at for a precondition: a shell command, run right before redeeming; its output is the value',
    },
    keeps: {
      value: 'NAME',
      isMultiple: true,
      help: 'an obligation that the command keeps, e.g. max_cost_usd',
    },
    supersedes: { value: 'REQUEST', help: 'an earlier request that this one replaces' },
    timeout: { value: 'TIME', help: 'how long to wait, e.g. 2h; the request stays open' },
  },
  examples: [
    'countersign run --contract deploy.json --run-id "deploy-$CI_PIPELINE_ID" -- ./deploy.sh 2026.03.14',
    'countersign run --contract deploy.json --request "$REQUEST" -- ./deploy.sh 2026.03.14',
    '# "preconditions": [{"name": "script", "equals": "9f86d0…  deploy.sh"}]',
    "countersign run --contract deploy.json --observe script='sha256sum deploy.sh' -- ./deploy.sh",
  ],
  settings: ['url', 'agentKey', 'runtimeKey', 'audience', 'environment', 'issuer'],
  exits: [
    'unreachable',
    'still_open',
    'forbidden',
    'settings',
    'denied',
    'rejected',
    'expired',
    'cancelled',
    'superseded',
    'unknown',
    'refused',
    'already_run',
    'not_executable',
    'not_found',
    'sighup',
    'sigint',
    'sigterm',
  ],
  act,
}

async function act(call: Call): Promise<Done> {
  const { given, isJson, env, cwd } = call
  const [stray] = given.positionals
  if (stray !== undefined) {
    throw usageError(`Put the command behind --: countersign run --contract FILE -- ${stray} …`)
  }
  const argv = given.behind ?? []
  await assertProgram(argv[0], call)
  const contract = await contractOf(call, argv)
  const observers = readObservers(given.texts('observe'), contract)
  const timeoutMs = timeoutOf(given.text('timeout'))
  const settings = await call.settings()
  const requestId = requestOf(call)
  if (requestId === null) settings.need('agentKey')
  settings.need('runtimeKey')
  settings.need('audience')
  const keys =
    requestId === null ? (['agentKey', 'runtimeKey'] as const) : (['runtimeKey'] as const)
  const client = settings.client(...keys)
  const runId = runIdOf(call, contract)
  const isNamed = requestId !== null || runId !== null
  const what = { origin: settings.origin, contract, argv, env, cwd }
  const runFile = isNamed ? null : await runFileOf(call, what)
  const plan: Plan = {
    client,
    contract,
    argv,
    isJson,
    env,
    cwd,
    runFile,
    runKey: runId ?? runFile?.runKey ?? null,
    requestId,
    observers,
    keeps: new Set(given.texts('keeps')),
    supersedes: given.text('supersedes'),
    timeoutMs,
  }
  if (runFile?.ended) throw await reportedLate(plan, runFile)
  if (runFile?.isResumed) tell('countersign: going on with the run that was begun here before')
  return await guardedRun(plan)
}

/** Options that say how a request is submitted have no place where it was. */
function requestOf({ given }: Call): string | null {
  const requestId = given.text('request')
  if (requestId === undefined) return null
  const odd = ['run-id', 'supersedes'].find((name) => given.text(name) !== undefined)
  if (odd !== undefined || given.has('new-run')) {
    throw usageError(
      `--request names a request that was submitted: --${odd ?? 'new-run'} is not for it.`,
    )
  }
  return requestId
}

async function contractOf(call: Call, argv: readonly string[]): Promise<Contract> {
  const read = await readContractFile(call, call.given.need('contract'))
  const contract = call.given.has('bind') ? bindCommand(read, argv) : read
  if (assertBound(contract, argv) === 0) {
    tell('countersign: the contract does not say what runs, so nobody signs the command (--bind)')
  }
  return contract
}

async function runFileOf(
  { given }: Call,
  what: Parameters<typeof openRunFile>[0],
): Promise<RunFile> {
  return given.has('new-run') ? await startNewRun(what) : await openRunFile(what)
}

/** The command ran, and the process that ran it was gone before the server knew. */
async function reportedLate({ client }: Plan, run: RunFile): Promise<CliError> {
  const { requestId, ended } = run
  if (requestId === null || ended === null)
    return new CliError('fault', `${run.file} is cut short.`)
  await client.report(requestId, ended.outcome, ended.detail).catch((error: unknown) => {
    // Somebody has told it already.
    if (!(error instanceof RefusedError) || error.code !== 'already_decided') throw error
  })
  await endRunFile(run)
  return new CliError(
    'already_run',
    `This run ran before (${requestId}): ${ended.detail} That is reported now. It is not run again; for another, start it once more.`,
    ended.outcome,
    requestId,
  )
}
