import { createHash, randomUUID } from 'node:crypto'
import { mkdir, readFile, realpath, rm } from 'node:fs/promises'
import path from 'node:path'
import { canonical } from '../../../lib/core/contract/canonical'
import type { Contract } from '../../../lib/core/contract/contract'
import { isJsonObject, type Json } from '../../../lib/core/contract/json'
import { createWhole, replaceWhole } from '../../whole-file'
import { CliError } from '../exits'
import type { Surroundings } from '../given'

/** How the command of a run ended, kept until the server knows. */
export interface Ended {
  outcome: 'succeeded' | 'failed' | 'unknown'
  /** Of the CLI: the command's own, or 128 + n. */
  code: number
  detail: string
}

/** A run that has no name of its own: the name that was made up for it, kept in a file until the run is over. */
export interface RunFile {
  file: string
  runKey: string
  requestId: string | null
  ended: Ended | null
  /** It was there already: a start before this one did not come to an end. */
  isResumed: boolean
}

interface What extends Surroundings {
  origin: string
  contract: Contract
  argv: readonly string[]
}

/**
 * The run that was begun for exactly this (installation, contract, command line, folder) and not ended, or a new one. The
 * file is there before anything is sent, and of two processes that begin at once both get the same.
 * @throws CliError when the folder cannot be written, or the file is not one of this program: a new name would be a new run
 */
export async function openRunFile(what: What): Promise<RunFile> {
  const folder = folderOf(what)
  const file = path.join(folder, `${await nameOf(what)}.json`)
  const begun = { runKey: `run-${randomUUID()}`, requestId: null, ended: null }
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    for (;;) {
      if (await createWhole(file, textOf(begun))) return { file, ...begun, isResumed: false }
      const known = await readRunFile(file)
      // Gone again: whoever began it has come to its end since.
      if (known !== null) return { file, ...known, isResumed: true }
    }
  } catch (error) {
    throw error instanceof CliError ? error : unusable(file, error)
  }
}

/** Begins anew, whatever became of the run before. */
export async function startNewRun(what: What): Promise<RunFile> {
  await rm(path.join(folderOf(what), `${await nameOf(what)}.json`), { force: true })
  return await openRunFile(what)
}

export async function saveRunFile(run: RunFile): Promise<void> {
  if (await isOwn(run)) await replaceWhole(run.file, textOf(run))
}

/** The run is over. */
export async function endRunFile(run: RunFile): Promise<void> {
  if (await isOwn(run)) await rm(run.file, { force: true })
}

/** The same command may have begun another run since, which is not this one's to end. */
async function isOwn({ file, runKey }: RunFile): Promise<boolean> {
  return (await readRunFile(file))?.runKey === runKey
}

function folderOf({ env }: Surroundings): string {
  const home = env['XDG_STATE_HOME'] || (env['HOME'] && path.join(env['HOME'], '.local', 'state'))
  if (home) return path.join(home, 'countersign', 'runs')
  throw new CliError(
    'settings',
    'Neither XDG_STATE_HOME nor HOME is set, so the run cannot be remembered: name it with --run-id.',
  )
}

async function nameOf({ origin, contract, argv, cwd }: What): Promise<string> {
  const about = canonical([origin, await realpath(cwd), [...argv], canonical(contract)])
  return createHash('sha256').update(about).digest('hex')
}

function textOf({ runKey, requestId, ended }: Kept) {
  return `${JSON.stringify({ v: 1, run_key: runKey, request_id: requestId, ended })}\n`
}

type Kept = Pick<RunFile, 'runKey' | 'requestId' | 'ended'>

/** null when there is none. */
async function readRunFile(file: string): Promise<Kept | null> {
  const read = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Json)
    .catch((error: unknown) => {
      if (isCode(error, 'ENOENT')) return undefined
      throw unusable(file, error)
    })
  if (read === undefined) return null
  const { run_key: runKey, request_id: requestId, ended } = isJsonObject(read) ? read : {}
  if (typeof runKey !== 'string' || runKey === '') throw unusable(file, 'it holds no run')
  return {
    runKey,
    requestId: typeof requestId === 'string' ? requestId : null,
    ended: endedOf(ended),
  }
}

function endedOf(value: Json | undefined): Ended | null {
  if (!isJsonObject(value)) return null
  const { outcome, code, detail } = value
  const isKnown = outcome === 'succeeded' || outcome === 'failed' || outcome === 'unknown'
  if (!isKnown || typeof code !== 'number' || typeof detail !== 'string') return null
  return { outcome, code, detail }
}

function unusable(file: string, cause: unknown): CliError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CliError(
    'settings',
    `The run cannot be remembered in ${file} (${why}). Name it with --run-id, or begin anew with --new-run.`,
  )
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
