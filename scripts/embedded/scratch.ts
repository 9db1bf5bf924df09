import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type EmbeddedServer, startEmbedded } from './server'

const PREFIX = 'countersign-scratch-'
const OWNER_FILE = 'owner-pid'

/** Trades every promise about crashes for speed: a scratch server lives no longer than its process. */
const SCRATCH_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
  shared_buffers: '128MB',
}

/** An embedded server in a temporary folder, for tests and tools. `stop` removes the folder as well. */
export async function startScratch(): Promise<EmbeddedServer> {
  await sweep()
  const folder = await mkdtemp(path.join(os.tmpdir(), PREFIX))
  // Root's temporary folders are closed to the user that the server runs as.
  await chmod(folder, 0o711)
  await writeFile(path.join(folder, OWNER_FILE), String(process.pid))
  const server = await startEmbedded({ folder, settings: SCRATCH_SETTINGS })
  return {
    ...server,
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs something with a scratch server, which is gone afterwards. */
export async function withScratch<T>(use: (server: EmbeddedServer) => Promise<T>): Promise<T> {
  const server = await startScratch()
  try {
    return await use(server)
  } finally {
    await server.stop()
  }
}

/** Stops and removes what a killed process left behind. */
async function sweep(): Promise<void> {
  const names = (await readdir(os.tmpdir())).filter((name) => name.startsWith(PREFIX))
  for (const name of names) {
    const folder = path.join(os.tmpdir(), name)
    const owner = await readFile(path.join(folder, OWNER_FILE), 'utf8').catch(() => null)
    if (owner === null || isAlive(Number(owner))) continue
    try {
      await (await startEmbedded({ folder, settings: SCRATCH_SETTINGS })).stop()
    } catch {
      // Half made, or swept by another process at this moment: the folder goes all the same.
    }
    await rm(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
