import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { loadEnvFile } from '../lib/config'
import { type ExportParts, exportLines } from '../lib/core/audit/export'
import { ok, type Result, refuse } from '../lib/core/result'
import { createDb, type Db } from '../lib/db/client'
import { auditExport } from '../lib/queries/audit-export'
import { auditRecord } from '../lib/queries/audit-record'

const USAGE = `npm run audit:export -- --out <file> [--record <request> | --stream <stream> …]

Writes the audit trail as JSON lines, to be verified anywhere with npm run audit:verify.
  --out      the file to write
  --record   only the record of this request, e.g. req_01K…, with contract, reviews and evidence, as the ticket page gives it
  --stream   show only this stream, e.g. request:req_01K…; may stand several times

Reads the database of DATABASE_URL, else the embedded one.
Exit code: 0 written, 1 not written, 2 wrong use.`

interface Wanted {
  out: string
  streams: string[] | null
  record: string | null
}

function readArguments(): Wanted | null {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: 'string' },
        record: { type: 'string' },
        stream: { type: 'string', multiple: true },
      },
    })
    const { out, record, stream } = values
    if (out === undefined || out === '' || (record !== undefined && stream)) return null
    return { out, streams: stream ?? null, record: record ?? null }
  } catch {
    // An option that is not one.
    return null
  }
}

/** Whole or not at all: a file of this name is an export that came to its end. */
async function write(databaseUrl: string, wanted: Wanted): Promise<number> {
  const db = createDb(databaseUrl, { poolMax: 2 })
  const { out } = wanted
  const unfinished = `${out}.part`
  try {
    const parts = await partsOf(db, wanted)
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

async function partsOf(db: Db, { streams, record }: Wanted): Promise<Result<ExportParts>> {
  const now = Date.now()
  if (record === null) return await auditExport(db, { streams, now })
  const parts = await auditRecord(db, { requestId: record, now })
  return parts ? ok(parts) : refuse('not_found', { detail: `There is no request ${record}.` })
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
