import type { JSONWebKeySet } from 'jose'
import { readText } from '../read-answer'
import type { Call } from './command'
import { CliError, usageError } from './exits'
import { readInput } from './read-input'

const MOST_BYTES = 256 * 1024
const LONGEST_MS = 15_000
const PATH = '/.well-known/jwks.json'

/** The published keys of an installation, or those of a file, or of an address. */
export async function readJwks(call: Call, from: string | undefined): Promise<JSONWebKeySet> {
  if (from !== undefined && !/^https?:\/\//.test(from)) {
    const keys = keySet((await readInput(call, from, MOST_BYTES)).toString('utf8'))
    if (keys === null) throw usageError(`${from} is no JSON Web Key Set.`)
    return keys
  }
  const url = from ?? new URL(PATH, (await call.settings()).origin).href
  const keys = keySet(await fetched(url))
  if (keys === null) throw new CliError('fault', `${url} gives no JSON Web Key Set.`)
  return keys
}

async function fetched(url: string): Promise<string> {
  const signal = AbortSignal.timeout(LONGEST_MS)
  try {
    // Whom a redirect leads to is not whom the user named.
    const response = await fetch(url, { redirect: 'error', signal })
    const text = await readText(response, MOST_BYTES)
    if (response.ok && text !== null) return text
    throw new CliError('unreachable', `${url} answers ${response.status}.`)
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError('unreachable', `${url} does not answer.`)
  }
}

function keySet(text: string): JSONWebKeySet | null {
  try {
    const read: unknown = JSON.parse(text)
    const isSet = typeof read === 'object' && read !== null && 'keys' in read
    if (!isSet || !Array.isArray(read.keys)) return null
    const isKey = (key: unknown) => typeof key === 'object' && key !== null
    return read.keys.every(isKey) ? { keys: read.keys } : null
  } catch {
    // No JSON.
    return null
  }
}
