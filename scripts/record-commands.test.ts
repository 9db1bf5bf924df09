import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { testDatabase } from '../test/database'
import { parsed } from '../test/record-lines'
import { placeOf, records } from '../test/records'
import { world } from '../test/world'
import { buildSdk } from './run/build-sdk'

const { url } = await testDatabase()
const w = await world(url)
const { told, good } = await records(w)
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-record-'))
afterAll(() => rm(folder, { recursive: true }))

interface Ran {
  code: number
  out: string
}

function run(script: string, args: string[], more: Record<string, string> = {}): Promise<Ran> {
  const file = path.join(import.meta.dirname, script)
  return ran(['--import', 'tsx', file, ...args], process.cwd(), more)
}

function ran(command: string[], cwd: string, more: Record<string, string> = {}): Promise<Ran> {
  const env = { NODE_ENV: 'test' as const, PATH: process.env['PATH'] ?? '', ...more }
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env, cwd }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr })
    })
  })
}

describe('the commands', { timeout: 120_000 }, () => {
  const file = path.join(folder, 'record.jsonl')

  it('write a record and tell its votes in words, with exit code 0', async () => {
    const args = ['--out', file, '--record', told.requestId]
    expect(await run('audit-export.ts', args, { DATABASE_URL: url })).toMatchObject({ code: 0 })
    const { code, out } = await run('audit-verify.ts', [file])
    expect(code).toBe(0)
    expect(out).toContain(`Good: the record of ${told.requestId}`)
    expect(out).toMatch(/^Mara Lindqvist \(prs_\w+\) approved at \S+ \(entry \d+, web\)$/m)
    expect(out).toMatch(/reviewed {5}sha-256:\w{64} \([a-z ]+\), in this file/)
    expect(out).toMatch(/SIGNED: a passkey verified its user/)
    expect(out).toMatch(/confirmed at \S+ by Jonas Weber \(prs_\w+\) \(second_human\), before/)
    expect(out).toMatch(/the server’s word: a code signs nothing/)
    expect(out).toMatch(/^KEYS NOT PINNED/m)
  })

  it('name the entry and exit with 1 when one byte was changed', async () => {
    const at = placeOf(good, `request:${told.requestId}`, 'vote.cast')
    const bad = path.join(folder, 'bad.jsonl')
    const lines = good.with(at, (good[at] ?? '').replace('"approve"', '"approvf"'))
    await writeFile(bad, `${lines.join('\n')}\n`)
    const { code, out } = await run('audit-verify.ts', [bad])
    expect(code).toBe(1)
    expect(out).toContain(`BAD (hash) at line ${at + 1}, request:${told.requestId}, entry`)
  })

  it('say it to machines, with a pinned key and a token', async () => {
    const [key = ''] = (parsed(good[0]) as { verifiers: string[] }).verifiers
    const token = path.join(folder, 'token')
    await writeFile(token, `${told.token}\n`)
    const { code, out } = await run('audit-verify.ts', [
      file,
      '--key',
      key,
      '--token',
      token,
      '--json',
    ])
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      request: told.requestId,
      keys_pinned: true,
      votes_proven: 2,
      votes_by_trail: 1,
      votes: [{}, { proven_by: 'trail' }, { proven_by: 'signature', person: w.mara.id }],
      token: { use: 'redeemed', claims: { sub: told.requestId } },
    })
    const bad = path.join(folder, 'cut.jsonl')
    await writeFile(bad, `${good.slice(0, 4).join('\n')}\n`)
    const cut = await run('audit-verify.ts', [bad, '--json'])
    expect(cut.code).toBe(1)
    expect(JSON.parse(cut.out)).toMatchObject({ ok: false, bad: { fault: 'truncated' } })
  })

  it('are not needed: the built SDK verifies a record where nothing else is installed', async () => {
    const sdk = path.join(folder, 'sdk')
    await buildSdk(sdk)
    const source = `import { readFile } from 'node:fs/promises'
      import { verifyRecord } from './record.js'
      const [, , ...files] = process.argv
      for (const file of files) {
        const lines = (await readFile(file, 'utf8')).split('\\n').slice(0, -1)
        const check = await verifyRecord(lines)
        console.log(JSON.stringify(check.ok ? check.votes : check.bad))
      }`
    const consumer = path.join(sdk, 'consumer.mjs')
    await writeFile(consumer, source)
    const whole = path.join(folder, 'whole.jsonl')
    const changed = path.join(folder, 'changed.jsonl')
    const at = placeOf(good, `request:${told.requestId}`, 'vote.cast')
    const other = good.with(at, (good[at] ?? '').replace('"approve"', '"approvf"'))
    await writeFile(whole, `${good.join('\n')}\n`)
    await writeFile(changed, `${other.join('\n')}\n`)
    const { out } = await ran([consumer, whole, changed], sdk)
    const [votes, bad] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(votes).toHaveLength(3)
    expect(bad).toMatchObject({ fault: 'hash', line: at + 1 })
  })

  it('exit with 2 for a request that is not there, or a record and streams at once', async () => {
    const out = path.join(folder, 'x')
    for (const args of [
      ['--out', out, '--record', 'req_none'],
      ['--out', out, '--record', told.requestId, '--stream', 'installation'],
    ]) {
      expect(await run('audit-export.ts', args, { DATABASE_URL: url })).toMatchObject({ code: 2 })
    }
    expect(await run('audit-verify.ts', [file, '--jwks', file])).toMatchObject({ code: 2 })
  })
})
