import { open } from 'node:fs/promises'
import path from 'node:path'
import { type Contract, readContract } from '../../lib/core/contract/contract'
import { MAX_JSON_BYTES } from '../../lib/core/contract/parse-json'
import type { FieldProblem, Refusal } from '../../lib/core/refusals'
import { refusalEntry } from '../../lib/core/refusals'
import type { Call } from './command'
import { usageError } from './exits'

/** Reads a file, or stdin for `-`. @throws CliError when it cannot be read or is longer */
export async function readInput(
  { cwd }: Pick<Call, 'cwd'>,
  name: string,
  mostBytes: number,
): Promise<Buffer> {
  return name === '-' ? await readStdin(mostBytes) : await readFile(cwd, name, mostBytes)
}

/** The contract in a file, read as the server reads it: what it would refuse is told with its place, and nothing is sent. */
export async function readContractFile(call: Pick<Call, 'cwd'>, name: string): Promise<Contract> {
  const read = readContract(await readInput(call, name, MAX_JSON_BYTES))
  if (read.ok) return read.value
  throw usageError(`${name} is no contract.\n${problemLines(read.refusal).join('\n')}`)
}

/** A refusal's problems, each with its place. */
export function problemLines({ code, detail, fields = [] }: Refusal): string[] {
  if (fields.length === 0) return [`  ${detail ?? refusalEntry(code).sentence}`]
  return fields.map(problemLine)
}

function problemLine({ path: place, message }: FieldProblem): string {
  return `  ${place === '' ? 'all' : place}: ${message}`
}

/** No further than the bound: what is piped in may not end. */
async function readStdin(mostBytes: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of process.stdin as AsyncIterable<Buffer>) {
    bytes += part.length
    if (bytes > mostBytes)
      throw usageError(`What stands on stdin is longer than ${mostBytes} bytes.`)
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function readFile(cwd: string, name: string, mostBytes: number): Promise<Buffer> {
  const file = path.resolve(cwd, name)
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    throw usageError(`${name} cannot be read: ${error.code}`)
  })
  try {
    const { size } = await handle.stat()
    if (size > mostBytes) throw usageError(`${name} is longer than ${mostBytes} bytes.`)
    const bytes = await handle.readFile()
    if (bytes.length > mostBytes) throw usageError(`${name} is longer than ${mostBytes} bytes.`)
    return bytes
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EISDIR') {
      throw usageError(`${name} is a folder.`)
    }
    throw error
  } finally {
    await handle.close()
  }
}
