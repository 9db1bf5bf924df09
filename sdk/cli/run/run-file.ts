import { createHash, randomUUID } from 'node:crypto'
import { link, mkdir, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { canonical } from '../../../lib/core/contract/canonical'
import type { Contract } from '../../../lib/core/contract/contract'
import { isJsonObject, type Json } from '../../../lib/core/contract/json'
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
  const runKey = `run-${randomUUID()}`
  const draft = `${file}.${process.pid}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(draft, textOf({ runKey, requestId: null, ended: null }), {
      mode: 0o600,
      flush: true,
    })
    await link(draft, file)
    return { file, runKey, requestId: null, ended: null, isResumed: false }
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw unusable(file, error)
    return { file, ...(await readRunFile(file)), isResumed: true }
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

/** Begins anew, whatever became of the run before. */
export async function startNewRun(what: What): Promise<RunFile> {
  await rm(path.join(folderOf(what), `${await nameOf(what)}.json`), { force: true })
  return await openRunFile(what)
}

export async function saveRunFile(run: RunFile): Promise<void> {
  const draft = `${run.file}.${process.pid}`
  await writeFile(draft, textOf(run), { mode: 0o600, flush: true })
  await rename(draft, run.file)
}

/** The run is over. */
export async function endRunFile(run: RunFile): Promise<void> {
  await rm(run.file, { force: true })
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

function textOf({ runKey, requestId, ended }: Pick<RunFile, 'runKey' | 'requestId' | 'ended'>) {
  return `${JSON.stringify({ v: 1, run_key: runKey, request_id: requestId, ended })}\n`
}

async function readRunFile(file: string): Promise<Pick<RunFile, 'runKey' | 'requestId' | 'ended'>> {
  const read = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text) as Json)
    .catch((error: unknown) => {
      throw unusable(file, error)
    })
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
