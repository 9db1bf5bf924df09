import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { freePort } from '../../scripts/free-port'

/** Runs something with a Redis of its own that keeps nothing. */
export async function withRedis(use: (url: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-redis-'))
  const port = String(await freePort())
  const settings = { bind: '127.0.0.1', port, save: '', appendonly: 'no', dir: folder }
  const args = Object.entries({ ...settings, 'maxmemory-policy': 'noeviction' }).flatMap(
    ([name, value]) => [`--${name}`, value],
  )
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = new Promise((resolve) => server.once('exit', resolve))
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', (cause) =>
        reject(new Error('redis-server is missing: apt-get install redis-server', { cause })),
      )
      server.once('exit', () => reject(new Error('redis-server ended at once')))
      server.stdout.on('data', (chunk: Buffer) => {
        if (chunk.includes('Ready to accept connections')) resolve()
      })
    })
    await use(`redis://127.0.0.1:${port}`)
  } finally {
    server.kill()
    await ended
    await rm(folder, { recursive: true, force: true })
  }
}
