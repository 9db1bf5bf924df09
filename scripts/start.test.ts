import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { testDatabase } from '../test/database'

const { url } = await testDatabase({ migrated: false })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-start-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function start(env: Record<string, string>): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/start.ts'], {
    env: { ...process.env, COUNTERSIGN_DATA: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
  }
  const [code] = (await once(child, 'close')) as [number]
  return { code, output }
}

test('a public address without https is refused in one sentence, before anything is made', async () => {
  const { code, output } = await start({ PUBLIC_URL: 'http://countersign.example' })
  expect(code).toBe(1)
  expect(output).toBe(
    'PUBLIC_URL must be an https address; plain http is allowed for localhost only.\n',
  )
  expect(await readdir(folder)).toEqual([])
})

test('a database of its own needs a secret of its own', async () => {
  const { code, output } = await start({ DATABASE_URL: url, COUNTERSIGN_SECRET: '' })
  expect({ code, output }).toEqual({ code: 1, output: 'COUNTERSIGN_SECRET is not set.\n' })
})

test('a taken port is told as such', async () => {
  const holder = createServer().listen(0)
  await once(holder, 'listening')
  const address = holder.address()
  const port = typeof address === 'object' && address ? String(address.port) : ''
  const { code, output } = await start({
    DATABASE_URL: url,
    COUNTERSIGN_SECRET: 'a-secret-of-more-than-thirty-two-characters',
    PORT: port,
  })
  holder.close()
  expect(code).toBe(1)
  expect(output).toMatch(
    new RegExp(`^Port ${port} cannot be used .* set PORT to another one\\.\\n$`),
  )
})
