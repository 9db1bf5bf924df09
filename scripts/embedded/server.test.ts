import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EmbeddedInUseError, type EmbeddedServer, startEmbedded } from './server'

let folder: string
const running: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-embedded-'))
  await chmod(folder, 0o711)
})

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
  await rm(folder, { recursive: true, force: true })
})

async function start(share = false): Promise<EmbeddedServer> {
  const server = await startEmbedded({ folder, settings: { fsync: 'off' }, share })
  running.push(server)
  return server
}

async function stop(server: EmbeddedServer): Promise<void> {
  running.splice(running.indexOf(server), 1)
  await server.stop()
}

async function query(url: string, sql: string): Promise<pg.QueryResultRow[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A process that starts the server on the folder, says so, and waits to be killed. */
async function startElsewhere(): Promise<ChildProcess> {
  const script = `
    import { startEmbedded } from ${JSON.stringify(path.join(import.meta.dirname, 'server.ts'))}
    const server = await startEmbedded({ folder: ${JSON.stringify(folder)}, settings: { fsync: 'off' } })
    process.send(server.pid)
    setInterval(() => {}, 1000)`
  const file = path.join(folder, 'elsewhere.mjs')
  await writeFile(file, script)
  const child = spawn(process.execPath, ['--import', 'tsx', file], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)))
  })
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

test('what was written is there after a restart', async () => {
  const first = await start()
  await query(first.url(), 'CREATE TABLE kept AS SELECT 42 AS answer')
  await stop(first)
  const second = await start()
  expect(await query(second.url(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
})

test('a killed server leaves a pid file that does not matter, even if its number belongs to someone else now', async () => {
  const first = await start()
  await query(first.url(), 'CREATE TABLE kept AS SELECT 42 AS answer')
  process.kill(first.pid, 'SIGKILL')
  running.length = 0
  const second = await start()
  expect(await query(second.url(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  await stop(second)

  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const pidFile = path.join(second.folder, 'postgres', 'postmaster.pid')
  await writeFile(pidFile, `${stranger.pid}\n${path.dirname(pidFile)}\n0\n1\n\n127.0.0.1\n`)
  const third = await start()
  expect(await query(third.url(), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  expect(stranger.exitCode).toBeNull()
  await kill(stranger)
})

test('the server of a crashed process is taken over, and stopped by whoever took it over', async () => {
  const other = await startElsewhere()
  await kill(other)
  const server = await start()
  expect(await query(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await stop(server)
  expect(() => process.kill(server.pid, 0)).toThrow(/ESRCH/)
})

test('a folder that a living process answers for is refused, unless it is shared', async () => {
  const other = await startElsewhere()
  await expect(start()).rejects.toThrow(EmbeddedInUseError)
  const guest = await start(true)
  expect(await query(guest.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
  await stop(guest)
  process.kill(guest.pid, 0)
  await kill(other)
  await start()
})

test('several that start at the same time end up with one server', async () => {
  const servers = await Promise.all([start(true), start(true), start(true)])
  expect(new Set(servers.map((server) => server.pid)).size).toBe(1)
})

test('the password is for its owner only', async () => {
  const server = await start()
  const { mode } = await stat(path.join(server.folder, 'postgres', 'countersign-password'))
  expect(mode & 0o077).toBe(0)
  const wrong = new URL(server.url())
  wrong.password = 'password'
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/)
})

test('a folder that only root may enter works all the same', async () => {
  await chmod(folder, 0o700)
  const server = await start()
  running.push({ stop: () => rm(server.folder, { recursive: true, force: true }) })
  expect(await query(server.url(), 'SELECT 1 AS one')).toEqual([{ one: 1 }])
})
