import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../scripts/free-port'
import { atEndOfFile } from './at-end-of-file'

export interface TestRedis {
  url: string
  /** Process id, for tests that kill it. */
  pid: number
  stop(): Promise<void>
}

const ATTEMPTS = 3

/**
 * Starts a redis-server of one's own on a free port, or on the one an earlier one had; it keeps nothing. Settings are
 * redis.conf directives.
 *
 * @example startRedis({ 'maxmemory-policy': 'allkeys-lru', maxmemory: '5mb' })
 */
export async function startRedis(
  settings: Record<string, string> = { 'maxmemory-policy': 'noeviction' },
  atUrl?: string,
): Promise<TestRedis> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-redis-'))
  for (let attempt = 1; ; attempt++) {
    const port = atUrl === undefined ? await freePort() : Number(new URL(atUrl).port)
    try {
      const child = await launch(port, folder, settings)
      return {
        url: `redis://127.0.0.1:${port}`,
        pid: child.pid ?? 0,
        stop: async () => {
          await end(child)
          await rm(folder, { recursive: true, force: true })
        },
      }
    } catch (error) {
      // Somebody may have taken the port between looking and binding.
      if (attempt === ATTEMPTS) throw error
    }
  }
}

function launch(
  port: number,
  folder: string,
  settings: Record<string, string>,
): Promise<ChildProcess> {
  const all = { bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder, ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn('redis-server', ['--port', String(port), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  atEndOfFile(() => end(child))
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Ready to accept connections')) resolve(child)
    })
    child.once('error', (cause) => {
      const words = 'redis-server is missing: install it with `apt-get install redis-server`.'
      reject(new Error(words, { cause }))
    })
    child.once('exit', () => reject(new Error(`redis-server ended at once: ${output}`)))
  })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}
