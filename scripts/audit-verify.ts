import { parseArgs } from 'node:util'
import { AUDIT_OPTIONS, verifyFile } from '../sdk/cli/audit/verify-file'
import { CliError } from '../sdk/cli/exits'
import { Given, parserOptions } from '../sdk/cli/given'

const USAGE = `npm run audit:verify -- <file> [--key <key> …] [--checkpoint <file>] [--keep <file>]
                               [--token <file>] [--jwks <file>] [--json]

Verifies an audit export, or the record of one request, offline: chains, Merkle log, checkpoints, contract and reviews,
votes by passkey, the use of grants. Needs no installation, no network and no secret. The same as \`countersign audit
verify\`, from a clone.
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
  given: Given
}

function readArguments(): Wanted | null {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { ...parserOptions(AUDIT_OPTIONS), json: { type: 'boolean' } },
    })
    const [file, ...others] = positionals
    const isOne = file !== undefined && others.length === 0
    return isOne ? { file, given: new Given(values, positionals, null) } : null
  } catch {
    // An option that is not one.
    return null
  }
}

async function main(): Promise<number> {
  const wanted = readArguments()
  if (wanted === null) {
    console.error(USAGE)
    return 2
  }
  const { file, given } = wanted
  const { ok, json, lines } = await verifyFile(file, given, process.cwd())
  if (given.has('json')) console.log(JSON.stringify(json, null, 2))
  else for (const line of lines) console.log(line)
  return ok ? 0 : 1
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(error instanceof CliError && error.exit === 'usage' ? 2 : 1)
  },
)
