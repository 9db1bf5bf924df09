import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, mkdtemp, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import type { ServerUser } from './binaries'

const run = promisify(execFile)
const MAJOR = '18'
const LOG_LIMIT_BYTES = 10 * 1024 * 1024
/** Inside the data folder, so that the data and its password come into being together. */
const PASSWORD_FILE = 'countersign-password'

export const SUPERUSER = 'countersign'

export interface Cluster {
  /** PGDATA */
  data: string
  bin: string
  password: string
  user: ServerUser | null
}

/** Makes the database cluster in `folder/postgres` unless it is there. An interrupted attempt leaves nothing behind that counts. */
export async function ensureCluster(
  folder: string,
  native: string,
  user: ServerUser | null,
  durable: boolean,
): Promise<Cluster> {
  const data = path.join(folder, 'postgres')
  const bin = path.join(native, 'bin')
  if (!(await versionOf(data))) await createCluster(folder, data, bin, user, durable)
  const version = await versionOf(data)
  if (version !== MAJOR) {
    throw new Error(
      `${data} was made by PostgreSQL ${version ?? '(unknown)'}, this is ${MAJOR}: move the folder away or dump and restore it.`,
    )
  }
  const password = (await readFile(path.join(data, PASSWORD_FILE), 'utf8')).trim()
  return { data, bin, password, user }
}

/**
 * Starts the server process. It leads a session of its own, so that Ctrl-C in a terminal reaches us alone and the
 * processes that use the database can finish first; its messages go to a file, so that it outlives a crash of ours.
 */
export async function spawnServer(
  cluster: Cluster,
  port: number,
  settings: Record<string, string>,
): Promise<{ process: ChildProcess; log: string }> {
  const log = path.join(path.dirname(cluster.data), 'postgres.log')
  const file = await open(log, 'a', 0o600)
  try {
    if ((await file.stat()).size > LOG_LIMIT_BYTES) await file.truncate()
    const all = {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      ...settings,
    }
    const child = spawn(
      path.join(cluster.bin, 'postgres'),
      [
        '-D',
        cluster.data,
        '-p',
        String(port),
        ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      {
        ...cluster.user,
        cwd: cluster.data,
        detached: true,
        stdio: ['ignore', file.fd, file.fd],
        env: { ...process.env, LC_ALL: 'C' },
      },
    )
    child.unref()
    return { process: child, log }
  } finally {
    await file.close()
  }
}

/** What `postmaster.pid` says: the server that runs on this folder, or ran and died. */
export async function readPidFile(
  data: string,
): Promise<{ pid: number; port: number | null } | null> {
  const text = await readFile(path.join(data, 'postmaster.pid'), 'utf8').catch(() => null)
  const lines = text?.split('\n') ?? []
  const pid = Math.abs(Number.parseInt(lines[0] ?? '', 10))
  if (!Number.isInteger(pid) || pid === 0) return null
  const port = Number.parseInt(lines[3] ?? '', 10)
  return { pid, port: Number.isInteger(port) ? port : null }
}

/** Forgets a dead server. PostgreSQL does so itself, except where its old process id belongs to someone else by now. */
export async function removePidFile(data: string): Promise<void> {
  await rm(path.join(data, 'postmaster.pid'), { force: true })
}

/** Is this process a PostgreSQL server on this folder, rather than a stranger with a reused number? */
export async function isServerProcess(pid: number, data: string): Promise<boolean> {
  const command = await run('ps', ['-o', 'args=', '-p', String(pid)]).then(
    ({ stdout }) => stdout,
    () => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
  )
  return command.includes('postgres') && command.replaceAll('\0', ' ').includes(data)
}

async function createCluster(
  folder: string,
  data: string,
  bin: string,
  user: ServerUser | null,
  durable: boolean,
): Promise<void> {
  const workshop = await mkdtemp(path.join(folder, 'postgres-new-'))
  try {
    const fresh = path.join(workshop, 'data')
    const password = randomBytes(24).toString('base64url')
    const passwordFile = path.join(workshop, 'password')
    await mkdir(fresh, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600 })
    if (user) {
      for (const owned of [workshop, fresh, passwordFile]) await chown(owned, user.uid, user.gid)
    }
    await run(
      path.join(bin, 'initdb'),
      [
        `--pgdata=${fresh}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: workshop, env: { ...process.env, LC_ALL: 'C' } },
    )
    await writeFile(path.join(fresh, PASSWORD_FILE), `${password}\n`, { mode: 0o600 })
    await rename(fresh, data).catch(async (error: unknown) => {
      // Someone else was faster.
      if (!(await versionOf(data))) throw error
    })
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

async function versionOf(data: string): Promise<string | null> {
  const text = await readFile(path.join(data, 'PG_VERSION'), 'utf8').catch(() => null)
  return text?.trim() ?? null
}
