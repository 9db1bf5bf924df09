import { readFile, stat, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { JSONWebKeySet } from 'jose'
import { parseVerifier } from '../lib/core/audit/note'
import { type TrailCheck, verifyTrail } from '../lib/core/audit/verify-trail'
import { readLines } from './lib/read-lines'
import { tellTrail } from './lib/tell-trail'
import { trailJson } from './lib/trail-json'

const USAGE = `npm run audit:verify -- <file> [--key <key> …] [--checkpoint <file>] [--keep <file>]
                               [--token <file>] [--jwks <file>] [--json]

Verifies an audit export, or the record of one request, offline: chains, Merkle log, checkpoints, contract and reviews,
votes by passkey, the use of grants. Needs no installation, no network and no secret.
  --key          a key of the log as you know it, in the form that audit:export prints; may stand several times.
                 Without one the keys in the file are believed, and the file vouches for itself.
  --checkpoint   a checkpoint that you kept: a whole export must reach and continue it.
  --keep         where to write the newest checkpoint that verified, to be kept for the next time.
  --token        an allow token that was kept: it must be one of a request in the file.
  --jwks         the keys of tokens as you know them (/.well-known/jwks.json, kept apart from the file).
  --json         say it as one JSON object.

Exit code: 0 everything verifies, 1 something does not (the first bad record is named), 2 wrong use.`

interface Wanted {
  file: string
  keys: string[] | undefined
  checkpoint: string | undefined
  keep: string | undefined
  token: string | undefined
  jwks: string | undefined
  isJson: boolean
}

function readArguments(): Wanted | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        checkpoint: { type: 'string' },
        keep: { type: 'string' },
        token: { type: 'string' },
        jwks: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [file, ...others] = positionals
    if (file === undefined || others.length > 0) return null
    const { key, checkpoint, keep, token, jwks, json } = values
    return { file, keys: key, checkpoint, keep, token, jwks, isJson: json }
  } catch {
    // An option that is not one.
    return null
  }
}

/** Why it cannot be begun, in a sentence. */
async function whyNot({
  file,
  keys = [],
  checkpoint,
  token,
  jwks,
}: Wanted): Promise<string | null> {
  for (const path of [file, checkpoint, token, jwks]) {
    if (path !== undefined && !(await isReadable(path))) return `${path} cannot be read.`
  }
  if (jwks !== undefined && !(await readJwks(jwks))) return `${jwks} is no JSON Web Key Set.`
  const odd = keys.find((key) => parseVerifier(key) === undefined)
  return odd === undefined ? null : `${odd} is not a key in the form <name>+<id>+<base64>.`
}

async function isReadable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ?? false
}

async function readJwks(path: string): Promise<JSONWebKeySet | null> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'))
    const isSet = typeof read === 'object' && read !== null && 'keys' in read
    return isSet && Array.isArray(read.keys) ? { keys: read.keys } : null
  } catch {
    // No JSON.
    return null
  }
}

async function check({ file, keys, checkpoint, token, jwks }: Wanted): Promise<TrailCheck> {
  const note = checkpoint && (await readFile(checkpoint, 'utf8'))
  const kept = token && (await readFile(token, 'utf8')).trim()
  const trustedJwks = jwks && (await readJwks(jwks))
  return await verifyTrail(readLines(file), {
    ...(keys && { trustedVerifiers: keys }),
    ...(note && { trustedCheckpoint: note }),
    ...(kept !== undefined && { token: kept }),
    ...(trustedJwks && { trustedJwks }),
  })
}

async function main(): Promise<number> {
  const wanted = readArguments()
  const fault = wanted === null ? USAGE : await whyNot(wanted)
  if (wanted === null || fault !== null) {
    console.error(fault)
    return 2
  }
  const checked = await check(wanted)
  if (wanted.isJson) console.log(JSON.stringify(trailJson(checked), null, 2))
  else for (const line of tellTrail(checked, wanted.jwks !== undefined)) console.log(line)
  if (!checked.ok) return 1
  const { lastCheckpoint } = checked.summary
  if (wanted.keep && lastCheckpoint) await writeFile(wanted.keep, lastCheckpoint)
  return 0
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
