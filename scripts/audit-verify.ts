import { readFile, stat, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { BadEntry } from '../lib/core/audit/fault'
import { parseVerifier } from '../lib/core/audit/note'
import { type ExportSummary, verifyExport } from '../lib/core/audit/verify-export'
import { createVoteVerifier } from '../lib/core/audit/vote-verifier'
import { readLines } from './lib/read-lines'

const USAGE = `npm run audit:verify -- <file> [--key <key> …] [--checkpoint <file>] [--keep <file>]

Verifies an audit export offline: chains, Merkle log, checkpoints, votes by passkey.
  --key          a key of the log as you know it, in the form that audit:export prints; may stand several times.
                 Without one the keys in the file are believed, and the file vouches for itself.
  --checkpoint   a checkpoint that you kept: the export must reach and continue it.
  --keep         where to write the newest checkpoint that verified, to be kept for the next time.

Exit code: 0 everything verifies, 1 something does not (the first bad record is named), 2 wrong use.`

interface Wanted {
  file: string
  keys: string[] | undefined
  checkpoint: string | undefined
  keep: string | undefined
}

function readArguments(): Wanted | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        key: { type: 'string', multiple: true },
        checkpoint: { type: 'string' },
        keep: { type: 'string' },
      },
    })
    const [file, ...others] = positionals
    if (file === undefined || others.length > 0) return null
    return { file, keys: values.key, checkpoint: values.checkpoint, keep: values.keep }
  } catch {
    // An option that is not one.
    return null
  }
}

/** Why it cannot be begun, in a sentence. */
async function whyNot({ file, keys = [], checkpoint }: Wanted): Promise<string | null> {
  for (const path of [file, checkpoint]) {
    if (path !== undefined && !(await isReadable(path))) return `${path} cannot be read.`
  }
  const odd = keys.find((key) => parseVerifier(key) === undefined)
  return odd === undefined ? null : `${odd} is not a key in the form <name>+<id>+<base64>.`
}

async function isReadable(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() ?? false
}

function tell(summary: ExportSummary): void {
  const { votes, withheld } = summary
  const excerpt = withheld === 0 ? '' : `, an excerpt (${withheld} entries not shown)`
  console.log(`Good: ${summary.entries} entries in ${summary.heads.size} streams${excerpt}`)
  console.log(`  issuer       ${summary.issuer}`)
  const unsealed = summary.entries + withheld - summary.leaves
  console.log(
    `  log          ${summary.origin}, ${summary.leaves} leaves, ${unsealed} not sealed yet`,
  )
  console.log(`  checkpoints  ${summary.checkpoints}, over ${summary.signedLeaves} leaves`)
  console.log(`  last root    ${summary.lastRoot ?? 'none'}`)
  console.log(
    `  votes        ${votes?.verified} proven by passkey, ${votes?.unproven} by the trail`,
  )
  if (!summary.keysPinned) console.log('Keys come from the file itself: give them with --key.')
  if (!summary.tailProtected) {
    console.log('Tail unprotected: an end that was cut off and signed anew would not show.')
  }
}

function tellBad({ fault, detail, ...place }: BadEntry): void {
  const { line, stream, ordinal, leaf } = place
  const parts = [
    line !== undefined && `line ${line}`,
    stream !== undefined && stream,
    ordinal !== undefined && `entry ${ordinal}`,
    leaf !== undefined && `leaf ${leaf}`,
  ]
  console.log(`BAD (${fault}) at ${parts.filter(Boolean).join(', ')}: ${detail}`)
}

async function main(): Promise<number> {
  const wanted = readArguments()
  const fault = wanted === null ? USAGE : await whyNot(wanted)
  if (wanted === null || fault !== null) {
    console.error(fault)
    return 2
  }
  const note = wanted.checkpoint && (await readFile(wanted.checkpoint, 'utf8'))
  const check = await verifyExport(readLines(wanted.file), {
    verifyVote: createVoteVerifier(),
    ...(wanted.keys && { trustedVerifiers: wanted.keys }),
    ...(note && { trustedCheckpoint: note }),
  })
  if (!check.ok) {
    tellBad(check.bad)
    return 1
  }
  tell(check.summary)
  const { lastCheckpoint } = check.summary
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
