import { readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { parseVerifier } from '../../../lib/core/audit/note'
import type { JsonObject } from '../../../lib/core/contract/json'
import { verifyRecord } from '../../record'
import { usageError } from '../exits'
import type { Given, Options } from '../given'
import { readLines } from './read-lines'
import { tellTrail } from './tell-trail'
import { trailJson } from './trail-json'

export const AUDIT_OPTIONS = {
  key: {
    value: 'KEY',
    isMultiple: true,
    help: 'a key of the log as you know it, in the form that audit:export prints',
  },
  checkpoint: {
    value: 'FILE',
    help: 'a checkpoint that you kept: a whole export has to reach and continue it',
  },
  keep: {
    value: 'FILE',
    help: 'where to write the newest checkpoint that verified, for the next time',
  },
  token: {
    value: 'FILE',
    help: 'an allow token that was kept: it has to be one of a request in the file',
  },
  jwks: { value: 'FILE', help: 'the keys of tokens as you know them, kept apart from the file' },
} satisfies Options

/** What verifying an export or a record found. */
export interface Verified {
  ok: boolean
  json: JsonObject
  lines: string[]
}

/**
 * Verifies an audit export, or the record of one request, offline.
 * @throws CliError (`usage`) for a file that cannot be read, or a key that is none
 */
export async function verifyFile(file: string, given: Given, cwd: string): Promise<Verified> {
  const named = (name: keyof typeof AUDIT_OPTIONS) => {
    const value = given.text(name)
    return value === undefined ? undefined : path.resolve(cwd, value)
  }
  const keys = given.texts('key')
  const odd = keys.find((key) => parseVerifier(key) === undefined)
  if (odd !== undefined) {
    throw usageError(`${odd} is not a key in the form <name>+<id>+<base64>.`)
  }
  const [checkpoint, token, jwks] = [named('checkpoint'), named('token'), named('jwks')]
  const source = path.resolve(cwd, file)
  for (const one of [source, checkpoint, token, jwks]) {
    if (one !== undefined && !(await isReadable(one))) throw usageError(`${one} cannot be read.`)
  }
  const trustedJwks = jwks === undefined ? undefined : await readJwks(jwks)
  const check = await verifyRecord(readLines(source), {
    ...(keys.length > 0 && { trustedVerifiers: keys }),
    ...(checkpoint !== undefined && { trustedCheckpoint: await readFile(checkpoint, 'utf8') }),
    ...(token !== undefined && { token: (await readFile(token, 'utf8')).trim() }),
    ...(trustedJwks !== undefined && { trustedJwks }),
  })
  const keep = named('keep')
  if (check.ok && keep !== undefined && check.summary.lastCheckpoint) {
    await writeFile(keep, check.summary.lastCheckpoint)
  }
  return { ok: check.ok, json: trailJson(check), lines: tellTrail(check, jwks !== undefined) }
}

async function isReadable(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => null)
  return found?.isFile() ?? false
}

async function readJwks(file: string): Promise<JSONWebKeySet> {
  const read: unknown = await readFile(file, 'utf8')
    .then((text) => JSON.parse(text))
    .catch(() => null)
  const isSet = typeof read === 'object' && read !== null && 'keys' in read
  if (!isSet || !Array.isArray(read.keys)) throw usageError(`${file} is no JSON Web Key Set.`)
  return { keys: read.keys }
}
