import { execFile } from 'node:child_process'
import type { Contract } from '../../../lib/core/contract/contract'
import type { Json } from '../../../lib/core/contract/json'
import { parseJson } from '../../../lib/core/contract/parse-json'
import { CliError, usageError } from '../exits'

/** A command whose output is the value of a precondition. */
export interface Observer {
  name: string
  command: string
  /** The contract compares with something else than a text: the output is JSON. */
  isJson: boolean
}

const MOST_OUTPUT_BYTES = 64 * 1024
const LONGEST_MS = 60_000

/**
 * What `--observe name=command` asks for, held against the contract: each precondition needs one, or its grant would be
 * burnt by not looking.
 */
export function readObservers(given: readonly string[], contract: Contract): Observer[] {
  const preconditions = contract.preconditions ?? []
  const observers = given.map((text) => {
    const at = text.indexOf('=')
    const name = text.slice(0, at)
    const known = preconditions.find((one) => one.name === name)
    if (at < 1 || known === undefined) {
      throw usageError(`--observe ${text}: write name=command, for a precondition of the contract.`)
    }
    return { name, command: text.slice(at + 1), isJson: typeof known.equals !== 'string' }
  })
  const blind = preconditions.find(({ name }) => !observers.some((one) => one.name === name))
  if (blind === undefined) return observers
  throw usageError(
    `The contract has the precondition ${blind.name}: say how to look at it with --observe '${blind.name}=command'.`,
  )
}

/** @throws CliError when a command fails: nothing was redeemed then, and the grant stays */
export async function observe(
  observers: readonly Observer[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Record<string, Json>> {
  const seen: [string, Json][] = []
  for (const observer of observers) seen.push([observer.name, await look(observer, env, signal)])
  return Object.fromEntries(seen)
}

async function look(
  { name, command, isJson }: Observer,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Json> {
  const text = await output(command, env, signal).catch((error: Error) => {
    signal.throwIfAborted()
    const message = `--observe ${name}: ${error.message.trim()}. Nothing was redeemed, the grant stays.`
    throw new CliError('refused', message, 'observation_failed')
  })
  const value = text.replace(/\r?\n$/, '')
  if (!isJson) return value
  const read = parseJson(value)
  // What is no JSON is not what the contract says either: the server compares, and says so.
  return read.ok ? read.value : value
}

function output(command: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const options = { env, signal, timeout: LONGEST_MS, maxBuffer: MOST_OUTPUT_BYTES }
  return new Promise((resolve, reject) => {
    const child = execFile('/bin/sh', ['-c', command], options, (error, stdout) => {
      if (error === null) resolve(stdout)
      else reject(error)
    })
    child.stdin?.end()
    child.stderr?.pipe(process.stderr, { end: false })
  })
}
