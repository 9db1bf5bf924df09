import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { beforeAll, describe, expect, it } from 'vitest'
import { authenticateCaller } from '#lib/auth/api-key'
import { bootstrap } from '#lib/commands/bootstrap'
import { collectToken } from '#lib/commands/grant/collect-token'
import { wakeDue } from '#lib/commands/request/wake-due'
import { sealLog } from '#lib/commands/seal-log'
import { type Config, parseConfig } from '#lib/config'
import { createDb } from '#lib/db/client'
import { createSealer } from '#lib/keys/seal'
import { createRuntime } from '#lib/runtime'
import { firstStart } from '../scripts/first-start'
import { testDatabase } from '../test/database'
import { fences } from '../test/fenced'
import { collect, redeem, released, settled } from '../test/promises/steps'
import { submit, world } from '../test/world'

const BLOCKS = fences('docs/operate.md')

/** The one block of that kind. */
function block(info: string): string {
  const [found, ...others] = BLOCKS.filter((one) => one.info === info)
  if (!found || others.length > 0) throw new Error(`operate.md has not one block "${info}"`)
  return found.text
}

async function runSql(url: string, text: string): Promise<pg.QueryResult[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const results: unknown = await client.query(text)
    return (Array.isArray(results) ? results : [results]) as pg.QueryResult[]
  } finally {
    await client.end()
  }
}

/** A script starts a process of its own, which takes its time where much else runs. */
const SCRIPT_MS = 240_000
const POLICY = `groups: { release_managers: { label: Release manager } }
tools: {}
default_approval: { group: release_managers, count: 1 }
rules: []
`

/** As test/world has it. */
function environmentOf(url: string): Record<string, string> {
  const secret = 'a secret for tests that is long enough'
  return { DATABASE_URL: url, COUNTERSIGN_SECRET: secret, LOG_LEVEL: 'silent' }
}

const given = await testDatabase()
const watched = await installation()
const guarded = await installation()

async function installation() {
  const { url } = await testDatabase()
  return { url, w: await world(url) }
}

describe('a first start on a database that was given', () => {
  const { url } = given
  const env = { ...environmentOf(url), FIRST_ADMIN_EMAIL: 'first@osterby.example' }
  const config = parseConfig(env)

  beforeAll(async () => {
    await makeReady(config)
    await firstStart({ config })
  })

  it('leaves the shipped policy and one admin, though nobody could satisfy that policy yet', async () => {
    await firstStart({ config })
    const runtime = await createRuntime(config)
    try {
      const people = await runtime.db.person.findMany()
      expect(people.map(({ email, roles }) => [email, roles])).toEqual([
        ['first@osterby.example', ['admin']],
      ])
      const versions = await runtime.db.policyVersion.findMany({ where: { name: 'main' } })
      expect(versions.map(({ ordinal }) => ordinal)).toEqual([1])
    } finally {
      await runtime.close()
    }
  })

  it(
    'goes on from the command line: people, a group, a caller with two keys, the own policy',
    async () => {
      const told = await runLines(block('sh admin'), env, POLICY)
      expect(told.split('\n').map((line) => line.replace(/\b(prs|clr|key)_\w+/, '$1_…'))).toEqual([
        'prs_… Mara Lindqvist',
        'joined release_managers',
        expect.stringMatching(/^http:\/\/localhost:3000\/sign-in\/link#[\w-]{43}$/),
        'prs_… Jonas Weber',
        'clr_… ci-release',
        'key_…',
        expect.stringMatching(/^csk_agent_\w{43}$/),
        'It is shown this once.',
        'key_…',
        expect.stringMatching(/^csk_runtime_\w{43}$/),
        'It is shown this once.',
        expect.stringMatching(/^main@2\+[0-9a-f]{8}$/),
        '',
      ])
    },
    SCRIPT_MS,
  )

  it(
    'lists dead letters with the script for it',
    async () => {
      expect(await runScript(block('ts dead-letters'), env)).toBe('[]\n')
    },
    SCRIPT_MS,
  )
})

describe('the database role', () => {
  const { url } = given

  it('can add to the audit trail and change none of it', async () => {
    await runSql(url, block('sql role'))
    const asRole = new URL(url)
    asRole.username = 'countersign_web'
    asRole.password = 'a long random password'
    try {
      await runSql(asRole.href, 'SELECT * FROM events')
      for (const table of ['events', 'decisions', 'log_leaves', 'checkpoints', 'policy_versions']) {
        await expect(runSql(asRole.href, `DELETE FROM ${table}`)).rejects.toThrow(
          `permission denied for table ${table}`,
        )
      }
    } finally {
      await runSql(url, 'DROP ROLE countersign_web')
    }
  })
})

describe('what to watch, and a restore', () => {
  const { url, w } = watched

  it('tells nothing of an installation where all is well', async () => {
    await runSql(url, 'UPDATE outbox SET done_at = now()')
    await sealLog(w.runtime)
    const results = await runSql(url, block('sql watch'))
    expect(results.map(({ rows }) => rows)).toEqual([[], [], [], [], [], []])
  })

  it('names what was released and not collected, redeemed and not reported, and not sealed', async () => {
    const waiting = await released(w)
    const running = await released(w)
    expect(await redeem(w, await collect(w, running))).toBe('ok')
    await runSql(
      url,
      `UPDATE grants SET created_at = now() - interval '1 hour', redeemed_at = redeemed_at - interval '1 hour';
       UPDATE outbox SET done_at = NULL, created_at = now() - interval '1 hour'`,
    )
    const [uncollected, unreported, unknown, outbox] = await runSql(url, block('sql watch'))
    expect(uncollected?.rows).toMatchObject([{ request_id: waiting }])
    expect(unreported?.rows).toMatchObject([{ request_id: running }])
    expect(unknown?.rows).toEqual([])
    expect(Number(outbox?.rows[0]?.count)).toBeGreaterThan(0)
    await runSql(url, 'UPDATE outbox SET done_at = now()')
  })

  it(
    'voids grants and tokens from before it, and lets what was open expire',
    async () => {
      const grantId = await released(w)
      const token = await collect(w, grantId)
      const openId = await submit(w)
      await runLines(block('sh restore'), environmentOf(url))
      await runSql(url, block('sql restore'))
      expect(await redeem(w, token)).toBe('old_generation')
      const again = { requestId: grantId, callerId: w.callerId, keyId: w.runtimeKey.keyId }
      expect(await collectToken(w.runtime, again)).toMatchObject({
        refusal: { code: 'old_generation' },
      })
      expect(await wakeDue(w.runtime.db)).toBeGreaterThan(0)
      expect(await settled(w, openId)).toMatchObject({ state: 'expired', closedBy: null })
      expect(await redeem(w, await collect(w, await released(w)))).toBe('ok')
    },
    SCRIPT_MS,
  )
})

describe('the audit trail', () => {
  const { url, w } = guarded

  it(
    'is exported and verified by the two lines for it',
    async () => {
      await released(w)
      await sealLog(w.runtime)
      expect(await runLines(block('sh audit'), environmentOf(url))).toMatch(/^Good: \d+ entries/m)
    },
    SCRIPT_MS,
  )
})

describe('taking access away', () => {
  const { url, w } = guarded

  it('refuses tokens of a deleted signing key; the next start makes another', async () => {
    const requestId = await released(w)
    const before = await collect(w, requestId)
    await runSql(url, block('sql token-key'))
    await makeReady(w.runtime.config)
    const fresh = await createRuntime(w.runtime.config)
    const restarted = { ...w, runtime: fresh }
    try {
      expect(await redeem(restarted, before)).toBe('token_invalid')
      expect(await redeem(restarted, await collect(restarted, requestId))).toBe('ok')
    } finally {
      await fresh.close()
    }
  })

  it('holds from the next call on', async () => {
    const requestId = await released(w)
    const token = await collect(w, requestId)
    const statements = block('sql access').replace(
      'someone@osterby.example',
      'mara.lindqvist@osterby.example',
    )
    const { db } = w.runtime
    await runSql(url, statements.replace(/^UPDATE callers.*$/m, ''))
    expect(await redeem(w, token)).toBe('voter_ineligible')
    const bearer = (key: string) => authenticateCaller(db, `Bearer ${key}`, Date.now())
    expect(await bearer(w.runtimeKey.key)).toMatchObject({ ok: true })
    await runSql(url, statements)
    expect(await bearer(w.runtimeKey.key)).toMatchObject({ ok: false })
  })
})

async function makeReady(config: Config): Promise<void> {
  const db = createDb(config.databaseUrl)
  try {
    await bootstrap(db, config, createSealer(config.secret), Date.now())
  } finally {
    await db.$disconnect()
  }
}

/** Runs the command lines of a block, with `npm run` taken off as it takes seconds of its own, and its files elsewhere. */
async function runLines(
  lines: string,
  env: Record<string, string>,
  policy: string | null = null,
): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-operate-'))
  try {
    if (policy !== null) await writeFile(path.join(folder, 'policy.yaml'), policy)
    const commands = lines
      .replaceAll(/npm run ([a-z:]+) --/g, (_, script: string) => {
        return `'${process.execPath}' --import tsx scripts/${script.replace(':', '-')}.ts`
      })
      .replaceAll(/\b[a-z]+\.(yaml|jsonl|txt)\b/g, (file) => path.join(folder, file))
    const options = { env: { ...env, NODE_ENV: 'production' }, timeout: SCRIPT_MS } as const
    return (await promisify(execFile)('/bin/sh', ['-ec', commands], options)).stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs a script of the page as its reader would, in a folder of its own; the folder is inside ours, so that `#lib` is found. */
async function runScript(
  text: string,
  env: Record<string, string>,
  files: Record<string, string> = {},
): Promise<string> {
  await mkdir('test-results', { recursive: true })
  const folder = await mkdtemp(path.resolve('test-results', 'script-'))
  try {
    for (const [name, content] of Object.entries({ ...files, 'script.ts': text })) {
      await writeFile(path.join(folder, name), content)
    }
    const args = ['--import', import.meta.resolve('tsx'), 'script.ts']
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      cwd: folder,
      env: { ...env, NODE_ENV: 'production' },
      timeout: SCRIPT_MS,
    })
    return stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
