import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { loadEnvFile } from '../lib/config'
import { exportLines } from '../lib/core/audit/export'
import { createDb } from '../lib/db/client'
import { auditExport } from '../lib/queries/audit-export'

const USAGE = `npm run audit:export -- --out <file> [--stream <stream> …]

Writes the audit trail as JSON lines, to be verified anywhere with npm run audit:verify.
  --out      the file to write
  --stream   show only this stream, e.g. request:req_01K…; may stand several times

Reads the database of DATABASE_URL, else the embedded one.
Exit code: 0 written, 1 not written, 2 wrong use.`

interface Wanted {
  out: string
  streams: string[] | null
}

function readArguments(): Wanted | null {
  try {
    const { values } = parseArgs({
      options: { out: { type: 'string' }, stream: { type: 'string', multiple: true } },
    })
    if (values.out === undefined || values.out === '') return null
    return { out: values.out, streams: values.stream ?? null }
  } catch {
    // An option that is not one.
    return null
  }
}

/** Whole or not at all: a file of this name is an export that came to its end. */
async function write(databaseUrl: string, { out, streams }: Wanted): Promise<number> {
  const db = createDb(databaseUrl, { poolMax: 2 })
  const unfinished = `${out}.part`
  try {
    const parts = await auditExport(db, { streams, now: Date.now() })
    if (!parts.ok) {
      console.error(parts.refusal.detail ?? parts.refusal.code)
      return 2
    }
    const lines = Readable.from(withNewlines(exportLines(parts.value)))
    await pipeline(lines, createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, out)
    console.log(`Written to ${out}. Keys of its checkpoints, to be kept apart from the file:`)
    for (const verifier of parts.value.header.verifiers) console.log(`  ${verifier}`)
    return 0
  } finally {
    await rm(unfinished, { force: true })
    await db.$disconnect()
  }
}

async function* withNewlines(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

async function main(): Promise<number> {
  const wanted = readArguments()
  if (wanted === null) {
    console.error(USAGE)
    return 2
  }
  loadEnvFile()
  const given = process.env['DATABASE_URL']
  if (given) return await write(given, wanted)
  // Not needed, and slow to load, where there is a database.
  const { prepare } = await import('./run/prepare')
  const { config, embedded } = await prepare(process.env, true)
  try {
    return await write(config.databaseUrl, wanted)
  } finally {
    await embedded?.stop()
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
