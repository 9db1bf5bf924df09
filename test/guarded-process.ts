import { appendFile } from 'node:fs/promises'
import { type Contract, Countersign, type CountersignOptions, guard } from '../sdk/index'
import { handleFile } from '../sdk/node'

/** What the process is to do, as JSON in its one argument. */
export interface GuardedJob {
  client: CountersignOptions
  contract: Contract
  /** Gets a line each time the guarded function runs. */
  file: string
  /** The function never ends, so that the process can be killed inside it. */
  hangs?: boolean
  /** Where the handle of the run is kept, for a contract without a name. */
  store?: string
}

/** What it prints, as one line of JSON, when it comes to an end. */
export interface GuardedEnd {
  value?: string
  error?: { name: string; code?: string; requestId?: string }
}

const { client, contract, file, hangs, store } = JSON.parse(process.argv[2] ?? '') as GuardedJob
const run = async () => {
  await appendFile(file, 'ran\n')
  process.stdout.write('running\n')
  // The timer keeps the process alive, though not for ever: nobody may be left to end it.
  if (hangs) await new Promise<never>(() => setTimeout(() => process.exit(1), 300_000))
  return 'deployed'
}
const end = await guard(new Countersign(client), contract, run, {
  ...(store !== undefined && { store: handleFile(store) }),
}).then(({ value }): GuardedEnd => ({ value }), endOf)
process.stdout.write(`${JSON.stringify(end)}\n`)

function endOf(error: unknown): GuardedEnd {
  const { name, code, requestId } = error as Error & { code?: string; requestId?: string }
  return { error: { name, ...(code && { code }), ...(requestId && { requestId }) } }
}
