import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from '../free-port'
import { postgresBinaries, reachableFolder, serverUser } from './binaries'
import {
  type Cluster,
  ensureCluster,
  isServerProcess,
  readPidFile,
  removePidFile,
  SUPERUSER,
  spawnServer,
} from './cluster'

const START_LIMIT_MS = 30_000
const STOP_LIMIT_MS = 30_000
const POLL_MS = 20
const ATTEMPTS = 5
/** Held on the `postgres` database by the process that answers for the server; a crash of that process lets go of it. */
const OWNER_LOCK = 7_261_002
const CREATION_LOCK = 7_261_003

export interface EmbeddedOptions {
  /** Where everything is kept; made when missing. */
  folder: string
  /** PostgreSQL settings, such as { fsync: 'off' }. */
  settings?: Record<string, string>
  /** Use a server that another process answers for, instead of refusing. `stop` then leaves it running. */
  share?: boolean
}

export interface EmbeddedServer {
  /** Process id of the server. */
  pid: number
  /** Where the data really is: not below `folder` where the server's user could not reach it. */
  folder: string
  /** Connection URL of the superuser for a database of this server; the default one is `countersign`. */
  url(database?: string): string
  stop(): Promise<void>
}

/** Another process runs the server on this folder and answers for it. */
export class EmbeddedInUseError extends Error {
  override readonly name = 'EmbeddedInUseError'
}

/**
 * Brings up a real PostgreSQL from npm on a folder and makes its `countersign` database. A server that an earlier, crashed
 * process left running is taken over; a left-over pid file does not matter.
 *
 * @throws EmbeddedInUseError when a living process answers for it, unless `share` is set
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const user = serverUser()
  const native = await postgresBinaries(user)
  const folder = await reachableFolder(options.folder, user)
  const cluster = await ensureCluster(folder, native, user, options.settings?.['fsync'] !== 'off')
  const { pid, port } = await ensureRunning(cluster, options.settings ?? {})
  const url = (database: string = SUPERUSER) =>
    `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/${database}`

  const owner = new pg.Client({ connectionString: url('postgres'), application_name: 'owner' })
  // When the server goes away there is nothing to own any more; the next query elsewhere tells.
  owner.on('error', () => undefined)
  await owner.connect()
  const owned = await claim(owner)
  if (!owned && !options.share) {
    await owner.end()
    throw new EmbeddedInUseError(
      `Another Countersign is running on ${folder} (PostgreSQL process ${pid}): stop it, or set COUNTERSIGN_DATA to another folder.`,
    )
  }
  await ensureDatabase(owner)
  return {
    pid,
    folder,
    url,
    stop: async () => {
      await owner.end()
      if (owned) await stopServer(pid, cluster)
    },
  }
}

async function ensureRunning(
  cluster: Cluster,
  settings: Record<string, string>,
): Promise<{ pid: number; port: number }> {
  const running = await findRunning(cluster)
  if (running) return running
  for (let attempt = 1; ; attempt++) {
    const port = await freePort()
    const { process: server, log } = await spawnServer(cluster, port, settings)
    let ended = false
    server.once('exit', () => {
      ended = true
    })
    server.once('error', () => {
      ended = true
    })
    const up = await answers(cluster, port, () => ended)
    if (up && server.pid !== undefined) return { pid: server.pid, port }
    // Somebody else may have started it meanwhile; or the port was snatched; or old backends are still leaving.
    const other = await findRunning(cluster)
    if (other) return other
    if (attempt === ATTEMPTS) {
      const tail = (await readFile(log, 'utf8')).split('\n').slice(-8).join('\n')
      throw new Error(`The embedded PostgreSQL did not start. The end of ${log}:\n${tail}`)
    }
    await pause(attempt * 200)
  }
}

async function findRunning(cluster: Cluster): Promise<{ pid: number; port: number } | null> {
  const known = await readPidFile(cluster.data)
  if (!known) return null
  if (!(await isServerProcess(known.pid, cluster.data))) {
    await removePidFile(cluster.data)
    return null
  }
  const gone = () => !isAlive(known.pid)
  if (known.port !== null && (await answers(cluster, known.port, gone))) {
    return { pid: known.pid, port: known.port }
  }
  return gone() ? null : findRunning(cluster)
}

/** Waits until the server takes a connection; false once it has ended or the time is up. */
async function answers(cluster: Cluster, port: number, ended: () => boolean): Promise<boolean> {
  const limit = Date.now() + START_LIMIT_MS
  while (!ended() && Date.now() < limit) {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user: SUPERUSER,
      password: cluster.password,
      database: 'postgres',
      connectionTimeoutMillis: 2_000,
    })
    client.on('error', () => undefined)
    try {
      await client.connect()
      return true
    } catch {
      await pause(POLL_MS)
    } finally {
      await client.end().catch(() => undefined)
    }
  }
  return false
}

async function claim(owner: pg.Client): Promise<boolean> {
  const { rows } = await owner.query<{ owned: boolean }>(
    'SELECT pg_try_advisory_lock($1) AS owned',
    [OWNER_LOCK],
  )
  return rows[0]?.owned === true
}

async function ensureDatabase(session: pg.Client): Promise<void> {
  await session.query('SELECT pg_advisory_lock($1)', [CREATION_LOCK])
  const known = await session.query('SELECT FROM pg_database WHERE datname = $1', [SUPERUSER])
  if (known.rowCount === 0) await session.query(`CREATE DATABASE ${SUPERUSER}`)
  await session.query('SELECT pg_advisory_unlock($1)', [CREATION_LOCK])
}

/** "Fast" shutdown: sessions are ended, nothing that was committed is lost; "immediate" if that takes too long. */
async function stopServer(pid: number, cluster: Cluster): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (!(await isServerProcess(pid, cluster.data))) return
    process.kill(pid, signal)
    const limit = Date.now() + STOP_LIMIT_MS
    while (isAlive(pid) && Date.now() < limit) await pause(POLL_MS)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
