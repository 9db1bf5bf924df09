import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { testDatabase } from '../test/database'

const { url } = await testDatabase()
// Each command is a process of its own, and some tests run several.
vi.setConfig({ testTimeout: 60_000 })
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-admin-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

async function admin(...words: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/admin.ts', ...words], {
    env: {
      ...process.env,
      COUNTERSIGN_DATA: folder,
      DATABASE_URL: url,
      COUNTERSIGN_SECRET: 'a-secret-of-more-than-thirty-two-characters',
    },
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

async function file(name: string, text: string): Promise<string> {
  const at = path.join(folder, name)
  await writeFile(at, text)
  return at
}

async function installApp(): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `INSERT INTO slack_workspaces (id, team_id, team_name, app_id, bot_user_id, sealed_bot_token, scopes, installed_at)
     VALUES (1, 'T0HOME', 'Osterby', 'A0APP', 'U0BOT', 'sealed', '{}', now())`,
  )
  await client.end()
}

test.each([
  ['policy', 'publish'],
  ['slack', 'routing'],
])('%s %s from a file that is not there ends in a sentence', async (...deed) => {
  const missing = path.join(folder, 'nowhere.yaml')
  expect(await admin(...deed, '--file', missing)).toEqual({
    code: 2,
    output: `There is no file ${missing}.\n`,
  })
  expect(await admin(...deed, '--file', folder)).toEqual({
    code: 2,
    output: `${folder} is a folder: name a file.\n`,
  })
})

test('a typing error in a routing is told with its line', async () => {
  const at = await file('typo.yaml', 'default: C0OTHER\nalrets: C0OPS\n')
  const { code, output } = await admin('slack', 'routing', '--file', at)
  expect(code).toBe(2)
  expect(output).toContain('\n  Line 2: alrets is no setting here.\n')
})

test('a routing says that nobody is told only where the app is installed nowhere', async () => {
  const at = await file('routing.yaml', 'default: C0OTHER\n')
  expect(await admin('slack', 'routing', '--file', at)).toEqual({
    code: 0,
    output:
      'Version 1 of the routing counts from now on. The app is installed in no workspace: nobody is told yet.\n',
  })
  await installApp()
  expect(await admin('slack', 'routing', '--file', at)).toEqual({
    code: 0,
    output: 'Version 2 of the routing counts from now on.\n',
  })
})
