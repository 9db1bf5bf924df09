import { constants, type FileHandle, open } from 'node:fs/promises'
import { isJsonObject, type Json } from '../../lib/core/contract/json'
import { parseJson } from '../../lib/core/contract/parse-json'
import { CliError } from './exits'

export interface SettingsFile {
  file: string
  members: Readonly<Record<string, string>>
}

const MEMBERS = ['url', 'agent_key', 'runtime_key', 'audience', 'environment', 'issuer']
const KEY_MEMBERS = ['agent_key', 'runtime_key']
const MOST_BYTES = 64 * 1024
/** Any right of the group or of others. */
const SHARED = 0o077
/** Opening a pipe that nobody writes to must not hang. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/**
 * Reads a settings file: a JSON object of texts. One with keys has to be its owner's alone, as with ssh.
 * @returns null when there is none
 */
export async function readSettingsFile(file: string): Promise<SettingsFile | null> {
  const handle = await open(file, READ).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new CliError('settings', `${file} cannot be read: ${error.code}`)
  })
  if (handle === null) return null
  try {
    return await readOpen(file, handle)
  } finally {
    await handle.close()
  }
}

/** Rights and content are those of one open file: it cannot be swapped in between. */
async function readOpen(file: string, handle: FileHandle): Promise<SettingsFile> {
  const fault = (message: string) => new CliError('settings', `${file} ${message}`)
  const stat = await handle.stat()
  const { mode, size, uid } = stat
  // A pipe or a device would never end, a folder has no text.
  if (!stat.isFile()) throw fault('is no file.')
  if (size > MOST_BYTES) throw fault(`is longer than ${MOST_BYTES} bytes.`)
  const read = parseJson(await handle.readFile())
  if (!read.ok || !isJsonObject(read.value)) throw fault('is no JSON object.')
  const odd = Object.entries(read.value).find(([name, value]) => !isSetting(name, value))
  if (odd) throw fault(`has ${odd[0]}, which is no setting with a text: ${MEMBERS.join(', ')}.`)
  const members = read.value as Record<string, string>
  if (KEY_MEMBERS.some((name) => Object.hasOwn(members, name))) {
    assertPrivate({ mode, uid }, fault)
  }
  return { file, members }
}

function assertPrivate(
  { mode, uid }: { mode: number; uid: number },
  fault: (message: string) => CliError,
): void {
  // Windows has no such rights, and no such ids.
  const self = process.getuid?.()
  if (self === undefined) return
  if (uid !== self && uid !== 0) throw fault('holds keys and belongs to somebody else.')
  if ((mode & SHARED) !== 0) {
    throw fault('holds keys that others can read. Make it yours alone: chmod 600')
  }
}

function isSetting(name: string, value: Json): boolean {
  return MEMBERS.includes(name) && typeof value === 'string' && value !== ''
}
