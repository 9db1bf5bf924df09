import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { sealLog } from '#lib/commands/seal-log'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import { appendEntries } from '#lib/core/audit/chain'
import type { AuditActor, HashedEntry } from '#lib/core/audit/entry'
import { exportLines } from '#lib/core/audit/export'
import type { ExportLine } from '#lib/core/audit/export-line'
import { verifyExport } from '#lib/core/audit/verify-export'
import { createVoteVerifier } from '#lib/core/audit/vote-verifier'
import { canonical } from '#lib/core/contract/canonical'
import type { JsonObject } from '#lib/core/contract/json'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { auditExport } from '#lib/queries/audit-export'
import { readLines } from '../sdk/cli/audit/read-lines'
import { testDatabase } from '../test/database'
import { confirmPasskey, givePasskey, voteByPasskey } from '../test/passkeys'
import { slowEvent } from '../test/slow-event'
import { approve, must, ROLLBACK_PLAN, shownDigest, submit, world } from '../test/world'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-audit-'))
afterAll(() => rm(folder, { recursive: true }))

type EntryLine = Extract<ExportLine, { kind: 'entry' }>

/** What the trail holds: votes by passkey and by code, sealed and not, and a stream of more than two pages. */
const cast = await makeTrail()
const good = await exported()

async function makeTrail() {
  const mara = { ...w.mara, ...(await givePasskey(w, w.mara)) }
  const maraKey = { id: w.mara.id, passkey: mara.passkey }
  const { passkey } = await givePasskey(w, w.tomas)
  const tomas = { id: w.tomas.id, passkey }
  const approved = await submit(w)
  await voteByPasskey(w, approved, maraKey)
  await sealLog(runtime)
  const byCode = await submit(w)
  must(await approve(w, byCode, w.mara))
  const rejected = await submit(w)
  const stale = await shownDigest(runtime, rejected)
  await attachPlan(rejected)
  await voteByPasskey(w, rejected, tomas, { choice: 'reject', reviewDigest: stale })
  for (let page = 0; page < 5; page++) await writeMany(500)
  await sealLog(runtime)
  const tail = await submit(w)
  await voteByPasskey(w, tail, maraKey)
  const open = await submit(w)
  return { mara: maraKey, tomas, approved, byCode, rejected, tail, open }
}

async function writeMany(count: number, stream = 'caller:bulk'): Promise<void> {
  const many = Array.from({ length: count }, (_, at) => ({
    stream,
    type: 'test.happened',
    actor: { kind: 'system' as const },
    body: { at, text: 'a line separator \u2028 and a carriage return \r' },
  }))
  await inTransaction(runtime.db, (tx) => appendEvents(tx, many, Date.now()))
}

async function attachPlan(requestId: string): Promise<void> {
  const actor = { kind: 'person' as const, id: w.aiko.id }
  const plan = { requestId, actor, type: 'rollback_plan', body: ROLLBACK_PLAN }
  must(await addEvidence(runtime, { ...plan, channel: 'web' }))
}

/** Lets something happen after the first item, when one page is read. */
async function* interrupted<T>(
  items: AsyncIterable<T> | Iterable<T>,
  meanwhile: () => Promise<void>,
): AsyncGenerator<T> {
  let isFirst = true
  for await (const item of items) {
    if (isFirst) await meanwhile()
    isFirst = false
    yield item
  }
}

async function exported(streams: string[] | null = null): Promise<string[]> {
  const parts = must(await auditExport(runtime.db, { streams, now: Date.now() }))
  const lines: string[] = []
  for await (const line of exportLines(parts)) lines.push(line)
  return lines
}

function verify(lines: string[], options = {}) {
  return verifyExport(lines, { verifyVote: createVoteVerifier(), ...options })
}

async function firstBad(lines: string[], options = {}) {
  const check = await verify(lines, options)
  return check.ok ? undefined : check.bad
}

function parsed(line: string | undefined): ExportLine {
  return JSON.parse(line ?? 'null')
}

/** Where the first entry of a stream with this type stands. */
function placeOf(lines: string[], stream: string, type: string): number {
  const at = lines.findIndex((text) => {
    const line = parsed(text)
    return line.kind === 'entry' && line.entry.stream === stream && line.entry.type === type
  })
  if (at < 0) throw new Error(`${stream} has no ${type}`)
  return at
}

function entryAt(lines: string[], at: number): EntryLine {
  const line = parsed(lines[at])
  if (line.kind !== 'entry') throw new Error(`line ${at + 1} is no entry`)
  return line
}

/** The line with something else in it; hashes are left as they are. */
function changed(lines: string[], at: number, change: (line: EntryLine) => object): string[] {
  const line = entryAt(lines, at)
  return lines.with(at, canonical({ ...line, ...change(structuredClone(line)) }))
}

interface Forged {
  stream: string
  type: string
  actor: AuditActor
  body: JsonObject
  at?: number
  receipt?: JsonObject
}

/** Appends entries with sound hashes to the tail that no checkpoint covers: all that whoever writes the tables can do. */
function forge(lines: string[], ...more: Forged[]): string[] {
  const heads = new Map<string, HashedEntry>()
  for (const text of lines) {
    const line = parsed(text)
    if (line.kind === 'entry') heads.set(line.entry.stream, { ...line.entry, hash: line.hash })
  }
  const added = more.map(({ stream, receipt, at = Date.now(), ...draft }) => {
    const [entry] = appendEntries({ stream, head: heads.get(stream) ?? null }, [{ ...draft, at }])
    if (entry === undefined) throw new Error('one draft gives one entry')
    heads.set(stream, entry)
    const { hash, ...bare } = entry
    return canonical({ kind: 'entry', leaf: null, hash, entry: bare, ...(receipt && { receipt }) })
  })
  const end = parsed(lines.at(-1))
  if (end.kind !== 'end') throw new Error('the last line is the end')
  const counted = canonical({ ...end, entries: end.entries + added.length })
  return [...lines.slice(0, -1), ...added, counted]
}

function receiptOf(requestId: string): JsonObject {
  const { receipt } = entryAt(good, placeOf(good, `request:${requestId}`, 'vote.cast'))
  if (receipt === undefined) throw new Error('the vote has no receipt')
  return receipt
}

/** A vote as the product writes it, with whatever receipt. */
async function forgedVote(receipt: JsonObject | undefined, person: string, requestId = cast.open) {
  const digest = await shownDigest(runtime, requestId)
  return {
    stream: `request:${requestId}`,
    type: 'vote.cast',
    actor: { kind: 'person' as const, id: person },
    body: {
      vote_id: 'vot_forged',
      person,
      choice: 'approve',
      method: 'passkey',
      channel: 'web',
      review_digest: digest,
      shown_digest: digest,
      reason: null,
    },
    ...(receipt && { receipt }),
  }
}

/** What this passkey signs for a vote of `personId` on the open ticket; null where the passkey itself says who votes. */
async function signedBy(
  voter: { passkey: typeof cast.mara.passkey },
  personId: string | null,
): Promise<JsonObject> {
  const reviewDigest = await shownDigest(runtime, cast.open)
  const vote = { personId, requestId: cast.open, reviewDigest, choice: 'approve' as const }
  const { options } = must(await startVoteChallenge(runtime, vote))
  const row = await runtime.db.challenge.findUniqueOrThrow({
    where: { challenge: options.challenge },
  })
  const { response } = voter.passkey.sign(options)
  const own = voter === cast.tomas ? cast.rejected : cast.approved
  const { public_key, credential_id } = receiptOf(own)
  return {
    type: 'countersign/passkey-receipt',
    v: 1,
    credential_id: credential_id ?? '',
    public_key: public_key ?? {},
    authenticator_data: response.authenticatorData,
    client_data_json: response.clientDataJSON,
    signature: response.signature,
    challenge: row.payload as JsonObject,
  }
}

describe('an export of a real trail', () => {
  it('verifies: chains, log, checkpoints, and every vote by passkey', async () => {
    const events = await runtime.db.event.count()
    expect(await verify(good)).toMatchObject({
      ok: true,
      summary: {
        entries: events,
        withheld: 0,
        checkpoints: 2,
        votes: { verified: 3, unproven: 1 },
        keysPinned: false,
        tailProtected: false,
      },
    })
  })

  it('verifies while the product writes and seals', { timeout: 60_000 }, async () => {
    const writing = (async () => {
      for (let at = 0; at < 5; at++) {
        await submit(w)
        await sealLog(runtime)
      }
    })()
    const exports = await Promise.all(Array.from({ length: 5 }, () => exported()))
    await writing
    for (const lines of exports) expect(await firstBad(lines)).toBeUndefined()
    expect(await firstBad(await exported())).toBeUndefined()
  })

  it('ends where the trail ended when it began, though events commit and are sealed meanwhile', async () => {
    const late = await slowEvent(url, 'person:late')
    await writeMany(500)
    await writeMany(600)
    const events = await runtime.db.event.count()
    const parts = must(await auditExport(runtime.db, { streams: null, now: Date.now() }))
    const meanwhile = async () => {
      await late.commit()
      await writeMany(1, 'person:late')
      await sealLog(runtime)
    }
    const lines: string[] = []
    const unsealed = interrupted(parts.unsealed, meanwhile)
    for await (const line of exportLines({ ...parts, unsealed })) lines.push(line)
    expect(await verify(lines)).toMatchObject({ ok: true, summary: { entries: events } })
    const after = await verify(await exported())
    expect(after).toMatchObject({ ok: true, summary: { entries: events + 2 } })
  })

  it('holds no secret: no sealed key, no code, no key hash', () => {
    expect(good.join('\n')).not.toMatch(/sealed|secret|"d":/i)
  })
})

describe('a trail that was changed', () => {
  const stream = `request:${cast.approved}`

  it('names the entry that was mutated', async () => {
    const at = placeOf(good, stream, 'vote.cast')
    const lines = changed(good, at, ({ entry }) => ({
      entry: { ...entry, body: { ...entry.body, choice: 'reject' } },
    }))
    const { ordinal } = entryAt(good, at).entry
    expect(await firstBad(lines)).toMatchObject({ fault: 'hash', stream, ordinal, line: at + 1 })
  })

  it('names where one was deleted, moved, or cut off at the end', async () => {
    const at = placeOf(good, stream, 'vote.cast')
    expect(await firstBad(good.toSpliced(at, 1))).toMatchObject({ line: at + 1 })
    const swapped = good.with(at, good[at + 1] ?? '').with(at + 1, good[at] ?? '')
    expect(await firstBad(swapped)).toMatchObject({ line: at + 1 })
    expect(await firstBad(good.slice(0, at))).toMatchObject({ fault: 'truncated', line: at + 1 })
    const sealed = good.slice(0, at)
    const rewritten = [
      ...sealed,
      good.findLast((line) => parsed(line).kind === 'checkpoint') ?? '',
      canonical({ kind: 'end', entries: at - 1, leaves: at - 1 }),
    ]
    expect(await firstBad(rewritten)).toMatchObject({ fault: 'truncated', leaf: at - 1 })
  })

  it('in the database itself names the entry, the leaf or the vote', async () => {
    const at = placeOf(good, stream, 'vote.cast')
    const { ordinal } = entryAt(good, at).entry
    const [one, other] = await runtime.db.vote.findMany({
      where: { personId: w.mara.id, method: 'passkey' },
    })
    for (const [statement, bad] of [
      [
        `UPDATE events SET body = body || '{"choice": "reject"}'
           WHERE stream = '${stream}' AND type = 'vote.cast'`,
        { fault: 'hash', stream, ordinal },
      ],
      [
        `DELETE FROM events WHERE stream = '${stream}' AND type = 'vote.cast'`,
        { fault: 'leaf', leaf: entryAt(good, at).leaf },
      ],
      ['DELETE FROM log_leaves WHERE index > 2000', { fault: 'truncated' }],
      ['DELETE FROM checkpoints WHERE size < 2000', undefined],
      [`UPDATE checkpoints SET note = replace(note, 'audit', 'other')`, { fault: 'signature' }],
      [
        `UPDATE votes SET receipt = (SELECT receipt FROM votes WHERE id = '${other?.id}')
           WHERE id = '${one?.id}'`,
        { fault: 'vote', stream: `request:${one?.requestId}` },
      ],
    ] as const) {
      const lines = await tampered(statement)
      const found = await firstBad(lines)
      if (bad === undefined) expect(found).toBeUndefined()
      else expect(found).toMatchObject(bad)
    }
  })

  it('from an older backup is shown by a checkpoint that was kept', async () => {
    const kept = await runtime.db.checkpoint.findFirstOrThrow({ orderBy: { size: 'desc' } })
    const older = await tampered(
      'DELETE FROM checkpoints WHERE size > 100; DELETE FROM log_leaves WHERE index > 100',
    )
    expect(await firstBad(older, { trustedCheckpoint: kept.note })).toMatchObject({
      fault: 'truncated',
    })
  })
})

/** What an export says after somebody with every right changed the tables. The change is undone again. */
async function tampered(statements: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const tables = ['events', 'log_leaves', 'checkpoints', 'votes']
  for (const table of tables) await client.query(`CREATE TABLE kept_${table} AS TABLE ${table}`)
  await client.query(`SET session_replication_role = 'replica'`)
  try {
    for (const statement of statements.split(';')) await client.query(statement)
    return await exported()
  } finally {
    for (const table of tables) {
      await client.query(`DELETE FROM ${table}`)
      await client.query(`INSERT INTO ${table} TABLE kept_${table}`)
      await client.query(`DROP TABLE kept_${table}`)
    }
    await client.end()
  }
}

describe('a vote in an export', () => {
  const stream = `request:${cast.approved}`
  const at = placeOf(good, stream, 'vote.cast')
  const { ordinal } = entryAt(good, at).entry
  const here = { fault: 'vote', stream, ordinal, line: at + 1 }

  it('of whose signature one byte was changed is named', async () => {
    const text = String(receiptOf(cast.approved)['signature'])
    const bytes = Buffer.from(text, 'base64url')
    for (const place of [8, 40, bytes.length - 1]) {
      const other = Buffer.from(bytes)
      other[place] = (other[place] ?? 0) ^ 1
      const signature = other.toString('base64url')
      const lines = changed(good, at, ({ receipt }) => ({ receipt: { ...receipt, signature } }))
      expect(await firstBad(lines)).toMatchObject({ ...here, detail: 'The signature is wrong.' })
    }
  })

  it('of whose receipt any member was changed is named', async () => {
    const receipt = receiptOf(cast.approved)
    for (const name of ['authenticator_data', 'client_data_json', 'public_key', 'challenge', 'v']) {
      const others = [receiptOf(cast.rejected)[name], 'x', null]
      for (const other of others.filter((one) => canonical(one) !== canonical(receipt[name]))) {
        const lines = changed(good, at, () => ({ receipt: { ...receipt, [name]: other } }))
        expect(await firstBad(lines)).toMatchObject(here)
      }
    }
  })

  it('whose receipt is gone, or stands elsewhere, is named', async () => {
    const { receipt, ...bare } = entryAt(good, at)
    expect(await firstBad(good.with(at, canonical(bare)))).toMatchObject(here)
    const elsewhere = changed(good, at - 1, () => ({ receipt }))
    expect(await firstBad(elsewhere)).toMatchObject({ fault: 'vote', line: at })
    const code = placeOf(good, `request:${cast.byCode}`, 'vote.cast')
    const onCode = changed(good, code, () => ({ receipt }))
    expect(await firstBad(onCode)).toMatchObject({ fault: 'vote', line: code + 1 })
  })

  it('moved to another ticket is named, of the same voter too', async () => {
    for (const other of [cast.rejected, cast.tail]) {
      const lines = changed(good, at, () => ({ receipt: receiptOf(other) }))
      expect(await firstBad(lines)).toMatchObject(here)
    }
    const lines = forge(good, await forgedVote(receiptOf(cast.approved), w.mara.id))
    expect(await firstBad(lines)).toMatchObject({
      fault: 'vote',
      stream: `request:${cast.open}`,
      detail: 'The receipt is for another vote: ticket, review, choice or voter differ.',
    })
  })

  it('by the key of another person is named', async () => {
    const receipt = await signedBy(cast.mara, w.tomas.id)
    const lines = forge(good, await forgedVote(receipt, w.tomas.id))
    expect(await firstBad(lines)).toMatchObject({
      fault: 'vote',
      stream: `request:${cast.open}`,
      detail: 'The key of the receipt is not a registered key of the voter.',
    })
    const own = await signedBy(cast.tomas, w.tomas.id)
    expect(await firstBad(forge(good, await forgedVote(own, w.tomas.id)))).toBeUndefined()
  })

  it('by a key that somebody else bound to the voter, or that was confirmed too late, is named', async () => {
    const receipt = await signedBy(cast.mara, null)
    const added = entryAt(good, placeOf(good, `person:${w.mara.id}`, 'factor.added')).entry
    const confirmed = entryAt(good, placeOf(good, `person:${w.mara.id}`, 'factor.confirmed')).entry
    const bind = (actor: AuditActor, when: number): Forged[] => [
      { ...added, stream: `person:${w.ines.id}`, actor, at: when },
      { ...confirmed, stream: `person:${w.ines.id}`, at: when },
    ]
    const long = Date.now() - 3_600_000
    const ines = { kind: 'person', id: w.ines.id } as const
    const vote = await forgedVote(receipt, w.ines.id)
    const byMara = { kind: 'person', id: w.mara.id } as const
    expect(await firstBad(forge(good, ...bind(byMara, long), vote))).toMatchObject({
      fault: 'vote',
    })
    const late = Date.now() + 1_000
    expect(await firstBad(forge(good, ...bind(ines, late), vote))).toMatchObject({ fault: 'vote' })
    const [unconfirmed] = bind(ines, long)
    if (unconfirmed === undefined) throw new Error('two entries')
    expect(await firstBad(forge(good, unconfirmed, vote))).toMatchObject({ fault: 'vote' })
    // Bound in time by its holder it would count, so it is the binding that was refused above.
    expect(await firstBad(forge(good, ...bind(ines, long), vote))).toBeUndefined()
  })

  it('by a key that was removed before is named', async () => {
    const { entry } = entryAt(good, placeOf(good, `person:${w.tomas.id}`, 'factor.added'))
    const removed = {
      stream: `person:${w.tomas.id}`,
      type: 'factor.removed',
      actor: { kind: 'person' as const, id: w.tomas.id },
      body: { kind: 'passkey', id: entry.body['id'] ?? null },
    }
    const vote = await forgedVote(await signedBy(cast.tomas, w.tomas.id), w.tomas.id)
    expect(await firstBad(forge(good, removed, vote))).toMatchObject({ fault: 'vote' })
    expect(await firstBad(forge(good, vote, removed))).toBeUndefined()
  })

  it('told twice with one signature is named', async () => {
    const vote = await forgedVote(await signedBy(cast.tomas, w.tomas.id), w.tomas.id)
    expect(await firstBad(forge(good, vote, vote))).toMatchObject({
      fault: 'vote',
      detail: 'What was signed was signed for an earlier vote.',
    })
  })

  it('on a ticket that is closed is named', async () => {
    const vote = await forgedVote(await signedBy(cast.tomas, w.tomas.id), w.tomas.id)
    const closed = {
      stream: `request:${cast.open}`,
      type: 'request.expired',
      actor: { kind: 'system' as const },
      body: {},
    }
    expect(await firstBad(forge(good, closed, vote))).toMatchObject({ fault: 'vote' })
  })

  it('by a passkey that its holder got after the ticket was opened cannot even be cast', async () => {
    const { id, passkey } = await givePasskey(w, w.aiko, { isConfirmed: false })
    await confirmPasskey(w, id)
    await expect(voteByPasskey(w, cast.open, { id: w.aiko.id, passkey })).rejects.toThrow(
      'factor_not_confirmed',
    )
  })
})

describe('an excerpt', () => {
  let excerpt: string[]
  beforeAll(async () => {
    excerpt = await exported([`request:${cast.approved}`])
  })

  it('shows the stream and its voters, holds the whole log, and verifies', async () => {
    expect(parsed(excerpt[0])).toMatchObject({
      streams: [`person:${w.mara.id}`, `request:${cast.approved}`],
    })
    const check = await verify(excerpt)
    expect(check).toMatchObject({ ok: true, summary: { votes: { verified: 1, unproven: 0 } } })
    const summary = check.ok ? check.summary : undefined
    expect(summary?.withheld).toBeGreaterThan(2_500)
    expect([...(summary?.heads.keys() ?? [])].sort()).toEqual([
      `person:${w.mara.id}`,
      `request:${cast.approved}`,
    ])
    expect(excerpt.join('\n')).not.toContain(cast.byCode)
  })

  it('names what was changed in what it shows and in what it does not', async () => {
    const at = placeOf(excerpt, `request:${cast.approved}`, 'vote.cast')
    const mutated = changed(excerpt, at, ({ entry }) => ({ entry: { ...entry, body: {} } }))
    expect(await firstBad(mutated)).toMatchObject({ fault: 'hash', line: at + 1 })
    const leaf = excerpt.findIndex((line) => parsed(line).kind === 'leaf')
    const other = { ...parsed(excerpt[leaf]), hash: `sha-256:${'0'.repeat(64)}` }
    expect(await firstBad(excerpt.with(leaf, canonical(other)))).toMatchObject({ fault: 'root' })
    expect(await firstBad(excerpt.toSpliced(leaf, 1))).toMatchObject({ fault: 'leaf' })
  })

  it('cannot pass for a whole export, nor show what it says it does not', async () => {
    const header = canonical({ ...parsed(excerpt[0]), streams: null })
    expect(await firstBad(excerpt.with(0, header))).toMatchObject({ fault: 'leaf' })
    const fewer = canonical({ ...parsed(good[0]), streams: ['installation'] })
    expect(await firstBad(good.with(0, fewer))).toMatchObject({ fault: 'malformed' })
  })

  it('of a stream that has no entry is refused', async () => {
    expect(
      await auditExport(runtime.db, { streams: ['request:none'], now: Date.now() }),
    ).toMatchObject({ ok: false, refusal: { code: 'not_found' } })
  })
})

interface Ran {
  code: number
  out: string
}

/** Runs a script as npm does. `more` is all that it knows of this machine. */
function run(script: string, args: string[], more: Record<string, string> = {}): Promise<Ran> {
  const file = path.join(import.meta.dirname, script)
  const env = { NODE_ENV: 'test' as const, PATH: process.env['PATH'] ?? '', ...more }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', file, ...args],
      { env },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr })
      },
    )
  })
}

/** Each starts a process or several, on a machine that may be busy. */
describe('the commands', { timeout: 120_000 }, () => {
  const file = path.join(folder, 'audit.jsonl')

  it('export from the database and verify without one', async () => {
    const wrote = await run('audit-export.ts', ['--out', file], { DATABASE_URL: url })
    expect(wrote).toMatchObject({ code: 0 })
    const key = /^ {2}(\S+)$/m.exec(wrote.out)?.[1] ?? ''
    const verified = await run('audit-verify.ts', [file])
    expect(verified).toMatchObject({ code: 0 })
    expect(verified.out).toMatch(/^Good: \d+ entries/)
    expect(verified.out).toMatch(/3 proven by passkey, 1 by the trail/)
    expect(verified.out).toMatch(/Keys come from the file itself/)
    expect(verified.out).toMatch(/Tail unprotected/)
    const pinned = await run('audit-verify.ts', [file, '--key', key])
    expect(pinned).toMatchObject({ code: 0 })
    expect(pinned.out).not.toMatch(/Keys come from the file/)
  })

  it('name the first bad entry and exit with 1', async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
    const at = placeOf(lines, `request:${cast.approved}`, 'vote.cast')
    const bad = path.join(folder, 'bad.jsonl')
    const mutated = changed(lines, at, ({ entry }) => ({ entry: { ...entry, body: {} } }))
    await writeFile(bad, `${mutated.join('\n')}\n`)
    const { code, out } = await run('audit-verify.ts', [bad])
    expect(code).toBe(1)
    expect(out).toContain(`BAD (hash) at line ${at + 1}, request:${cast.approved}, entry`)
  })

  it('believe a checkpoint that was kept more than the file', async () => {
    const lines = (await readFile(file, 'utf8')).split('\n').slice(0, -1)
    const places = [...lines.keys()].filter((at) => parsed(lines[at]).kind === 'checkpoint')
    const [first = 0] = places
    const kept = path.join(folder, 'checkpoint')
    expect(await run('audit-verify.ts', [file, '--keep', kept])).toMatchObject({ code: 0 })
    const cut = path.join(folder, 'cut.jsonl')
    const end = canonical({ kind: 'end', entries: first - 1, leaves: first - 1 })
    await writeFile(cut, `${[...lines.slice(0, first + 1), end].join('\n')}\n`)
    expect(await run('audit-verify.ts', [cut])).toMatchObject({ code: 0 })
    const { code, out } = await run('audit-verify.ts', [cut, '--checkpoint', kept])
    expect(code).toBe(1)
    expect(out).toMatch(/^BAD \(truncated\)/)
    const whole = await run('audit-verify.ts', [file, '--checkpoint', kept])
    expect(whole).toMatchObject({ code: 0 })
    expect(whole.out).not.toMatch(/Tail unprotected/)
  })

  it('exit with 2 when used wrongly, and say how', async () => {
    const uses: [string, string[]][] = [
      ['audit-verify.ts', []],
      ['audit-verify.ts', [file, 'another']],
      ['audit-verify.ts', ['--what', file]],
      ['audit-verify.ts', [path.join(folder, 'nothing')]],
      ['audit-verify.ts', [file, '--key', 'not a key']],
      ['audit-export.ts', []],
      ['audit-export.ts', ['--out', path.join(folder, 'x'), '--stream', 'request:none']],
    ]
    for (const [script, args] of uses) {
      const { code, out } = await run(script, args, { DATABASE_URL: url })
      expect([args, code]).toEqual([args, 2])
      expect(out).not.toBe('')
    }
  })

  it('exit with 1 when there is no database, and leave no file behind', async () => {
    const gone = new URL(url)
    gone.pathname = '/no_such_database'
    const out = path.join(folder, 'gone.jsonl')
    const args = ['--out', out]
    expect(await run('audit-export.ts', args, { DATABASE_URL: gone.href })).toMatchObject({
      code: 1,
    })
    await expect(readFile(out)).rejects.toThrow('ENOENT')
    await expect(readFile(`${out}.part`)).rejects.toThrow('ENOENT')
  })
})

describe('lines of a file', () => {
  it('end at newlines and nowhere else, and what is no UTF-8 is an empty line', async () => {
    const file = path.join(folder, 'lines')
    const long = 'x'.repeat(200_000)
    const bytes = [Buffer.from(`one\r\u2028\u0085\n${long}\n`), Buffer.from([0xff, 0x0a])]
    await writeFile(file, Buffer.concat([...bytes, Buffer.from('\ufefflast')]))
    const lines: string[] = []
    for await (const line of readLines(file)) lines.push(line)
    expect(lines).toEqual(['one\r\u2028\u0085', long, '', '\ufefflast'])
  })
})
