import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eraseEvidence } from '#lib/commands/evidence/erase-evidence'
import { removeFactor } from '#lib/commands/factor/remove-factor'
import { sealLog } from '#lib/commands/seal-log'
import { createSignInLink } from '#lib/commands/session/create-sign-in-link'
import { exportLines } from '#lib/core/audit/export'
import { verifyTrail } from '#lib/core/audit/verify-trail'
import { canonical } from '#lib/core/contract/canonical'
import { digestOfText } from '#lib/core/contract/digest'
import type { JsonObject } from '#lib/core/contract/json'
import { auditExport } from '#lib/queries/audit-export'
import { tellTrail } from '../sdk/cli/audit/tell-trail'
import { trailJson } from '../sdk/cli/audit/trail-json'
import { testDatabase } from '../test/database'
import { givePasskey, voteByPasskey } from '../test/passkeys'
import { collect, redeem, settled } from '../test/promises/steps'
import {
  closedAnew,
  type Draft,
  entriesOf,
  firstBad,
  parsed,
  recordOf,
  rewritten,
} from '../test/record-lines'
import { approve, attachPlan, must, submit, world } from '../test/world'
import { buildSdk } from './run/build-sdk'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const folder = await mkdtemp(path.join(os.tmpdir(), 'countersign-record-'))
afterAll(() => rm(folder, { recursive: true }))

/** The whole life of a request, sealed step by step among others' events, and another that is open and not sealed. */
const told = await makeRecords()
const good = await recordOf(w, told.requestId)
const open = await recordOf(w, told.openId)

async function makeRecords() {
  const mara = { id: w.mara.id, ...(await keyOf(w.mara)) }
  const tomas = { id: w.tomas.id, ...(await keyOf(w.tomas)) }
  await visits(w.mara.id)
  await sealLog(runtime)
  await submit(w)
  await sealLog(runtime)
  const requestId = await submit(w)
  await voteByPasskey(w, requestId, tomas)
  await submit(w)
  await sealLog(runtime)
  const { evidenceId } = await attachPlan(w, requestId, w.aiko)
  must(await approve(w, requestId, w.tomas))
  await sealLog(runtime)
  await visits(w.mara.id)
  await voteByPasskey(w, requestId, mara)
  await submit(w)
  await sealLog(runtime)
  await settled(w, requestId)
  const token = await collect(w, requestId)
  expect(await redeem(w, token)).toBe('ok')
  await sealLog(runtime)
  const openId = await submit(w)
  await voteByPasskey(w, openId, mara)
  await voteByPasskey(w, openId, tomas)
  return { mara, tomas, requestId, evidenceId, token, openId }
}

async function keyOf(person: typeof w.mara) {
  const { id, passkey } = await givePasskey(w, person)
  return { factorId: id, passkey }
}

/** What a colleague must not read. */
async function visits(personId: string): Promise<void> {
  const input = { personId, purpose: 'sign_in', by: { kind: 'system' } } as const
  must(await createSignInLink(runtime, input))
}

function placeOf(lines: readonly string[], stream: string, type: string): number {
  const found = entriesOf(lines).find(
    ({ line: { entry } }) => entry.stream === stream && entry.type === type,
  )
  if (!found) throw new Error(`${stream} has no ${type}`)
  return found.at
}

describe('the record of a request', () => {
  it('verifies, and says of each vote who, what, when, and by which key', async () => {
    const check = await verifyTrail(good)
    expect(check).toMatchObject({ ok: true, summary: { unsealed: 0, keysPinned: false } })
    if (!check.ok) return
    const { contractDigest } = await runtime.db.request.findUniqueOrThrow({
      where: { id: told.requestId },
    })
    expect(check.votes).toMatchObject([
      {
        person: w.tomas.id,
        choice: 'approve',
        signedBy: { id: told.tomas.factorId },
        contractDigest,
      },
      { person: w.tomas.id, choice: 'approve', method: 'totp', signedBy: null },
      {
        person: w.mara.id,
        choice: 'approve',
        method: 'passkey',
        ended: null,
        signedBy: { id: told.mara.factorId, confirmedBy: w.owner.id, control: 'second_human' },
      },
    ])
    expect(check.votes[0]?.ended).toBe('replaced')
    for (const vote of check.votes) expect(check.summary.documents).toContain(vote.reviewDigest)
    expect(check.summary.documents).toContain(contractDigest)
  })

  it('shows of the voters what binds their keys and no visit, and of others’ requests nothing', () => {
    const people = entriesOf(good).filter(({ line: { entry } }) =>
      entry.stream.startsWith('person:'),
    )
    expect(new Set(people.map(({ line: { entry } }) => entry.type))).toEqual(
      new Set(['factor.added', 'factor.confirmed']),
    )
    expect(good.join('\n')).not.toMatch(/sign_in_link|session|totp_|sealed_/)
    expect(good.join('\n')).not.toContain(told.openId)
  })

  it('costs what the request is and not what the trail is', async () => {
    const leaves = await runtime.db.logLeaf.count()
    const shown = good.filter((line) => ['leaf', 'entry'].includes(parsed(line).kind)).length
    expect(shown).toBeLessThan(leaves)
    expect(good.filter((line) => parsed(line).kind === 'range').length).toBeGreaterThan(0)
  })

  it('is there while the ticket is open, and says what is not sealed yet', async () => {
    const check = await verifyTrail(open)
    expect(check).toMatchObject({ ok: true, summary: { votes: { verified: 2, unproven: 0 } } })
    if (!check.ok) return
    const own = entriesOf(open).filter(({ line: { leaf } }) => leaf === null)
    expect(check.summary.unsealed).toBe(own.length)
    expect(own.length).toBeGreaterThan(2)
  })

  it('ends where the request ended when it began, though votes come and leaves are sealed meanwhile', async () => {
    const { auditRecord } = await import('#lib/queries/audit-record')
    const requestId = await submit(w)
    const parts = await auditRecord(runtime.db, { requestId, now: Date.now() })
    if (!parts) throw new Error('it is there')
    await voteByPasskey(w, requestId, told.mara)
    await sealLog(runtime)
    const lines: string[] = []
    for await (const line of exportLines(parts)) lines.push(line)
    expect(await verifyTrail(lines)).toMatchObject({ ok: true, votes: [] })
    expect(await verifyTrail(await recordOf(w, requestId))).toMatchObject({
      ok: true,
      summary: { votes: { verified: 1 } },
    })
  })

  it('verifies without the body of evidence that was erased, and tells its digest', async () => {
    const requestId = await submit(w)
    const { evidenceId, sha256 } = await attachPlan(w, requestId, w.aiko)
    expect((await recordOf(w, requestId)).join('\n')).toContain('Drain eu-west')
    must(await eraseEvidence(runtime, { evidenceId, reason: 'It named a customer.' }))
    const lines = await recordOf(w, requestId)
    expect(await firstBad(lines)).toBeUndefined()
    expect(lines.join('\n')).not.toContain('Drain eu-west')
    expect(lines.join('\n')).toContain(sha256)
  })

  it('of a vote by a key that was taken away afterwards still verifies', async () => {
    const requestId = await submit(w)
    const aiko = { id: w.aiko.id, ...(await keyOf(w.aiko)) }
    await voteByPasskey(w, await submit(w), aiko)
    const later = await submit(w)
    await voteByPasskey(w, later, aiko)
    const factor = { kind: 'passkey' as const, id: aiko.factorId }
    const proof = { kind: 'totp' as const, code: await w.aiko.code() }
    must(await removeFactor(runtime, { actorId: w.aiko.id, factor, proof }))
    await sealLog(runtime)
    const lines = await recordOf(w, later)
    expect(await verifyTrail(lines)).toMatchObject({
      ok: true,
      summary: { votes: { verified: 1 } },
    })
    expect(placeOf(lines, `person:${w.aiko.id}`, 'factor.removed')).toBeGreaterThan(0)
    expect(requestId).not.toBe(later)
  })

  it('takes a vote for proven only once a checkpoint holds the key that signed it', async () => {
    const aiko = { id: w.aiko.id, passkey: (await givePasskey(w, w.aiko)).passkey }
    const requestId = await submit(w)
    await voteByPasskey(w, requestId, aiko)
    const fresh = await verifyTrail(await recordOf(w, requestId))
    expect(fresh).toMatchObject({ ok: true, summary: { votes: { verified: 0, unproven: 1 } } })
    const words = tellTrail(fresh, false).join('\n')
    expect(words).not.toMatch(/^ {2}proof {8}SIGNED/m)
    expect(words).toMatch(/NO CHECKPOINT HOLDS THIS KEY/)
    expect(words).toMatch(/^\d+ ENTRIES ARE NOT SEALED/m)
    expect(trailJson(fresh)).toMatchObject({ votes: [{ proven_by: 'trail' }] })
    await sealLog(runtime)
    const sealed = await verifyTrail(await recordOf(w, requestId))
    expect(sealed).toMatchObject({ ok: true, summary: { votes: { verified: 1, unproven: 0 } } })
    expect(trailJson(sealed)).toMatchObject({ votes: [{ proven_by: 'signature' }] })
  })

  it('holds the votes as the whole export does', async () => {
    const parts = must(await auditExport(runtime.db, { streams: null, now: Date.now() }))
    const lines: string[] = []
    for await (const line of exportLines(parts)) lines.push(line)
    const whole = await verifyTrail(lines)
    const record = await verifyTrail(good)
    if (!whole.ok || !record.ok) throw new Error('both verify')
    const own = whole.votes.filter(({ requestId }) => requestId === told.requestId)
    expect(own).toEqual(record.votes)
  })
})

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** The lines of a file's bytes, as sdk/cli/audit/read-lines.ts reads them. */
function linesOf(bytes: Buffer): string[] {
  const lines: string[] = []
  let start = 0
  for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a, start)) {
    lines.push(decoded(bytes.subarray(start, end)))
    start = end + 1
  }
  return start < bytes.length ? [...lines, decoded(bytes.subarray(start))] : lines
}

function decoded(bytes: Buffer): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return ''
  }
}

/** Seeded, so that a failure comes again (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Place {
  /** Of the byte in the file. */
  at: number
  /** Of its line, from 0. */
  line: number
}

function placesIn(lines: readonly string[]): Place[] {
  const places: Place[] = []
  let at = 0
  for (const [line, text] of lines.entries()) {
    const end = at + Buffer.byteLength(text) + 1
    for (; at < end; at++) places.push({ at, line })
  }
  return places
}

/** A flipped byte of this line and the line that has to be named: of a proof, the checkpoint that no longer fits. */
function namedFor(lines: readonly string[], line: number): number[] {
  const { kind } = parsed(lines[line])
  const next = lines.findIndex((text, at) => at > line && parsed(text).kind === 'checkpoint')
  if (kind === 'leaf' || kind === 'range') return [line, next]
  return [line]
}

describe('a record with one byte changed', { timeout: 180_000 }, () => {
  const bytes = Buffer.from(`${good.join('\n')}\n`)
  const next = random(20260314)
  const vote = placeOf(good, `request:${told.requestId}`, 'vote.cast')
  const binding = placeOf(good, `person:${w.mara.id}`, 'factor.added')
  const every = new Set([vote, binding])
  const [header = '', end = good.length - 1] = [good[0], good.length - 1]

  /** All bytes of the vote with its receipt and of the key binding, and of every line a seeded sample. */
  const places = placesIn(good).filter(({ line }) => every.has(line) || next() < 500 / bytes.length)

  it('fails at every place, and names the line', async () => {
    const missed: unknown[] = []
    for (const { at, line } of places) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(next() * 8))
      const bad = await firstBad(linesOf(changed))
      const named = bad?.line === undefined ? -1 : bad.line - 1
      const isNamed = line === 0 || line === end || namedFor(good, line).includes(named)
      if (bad === undefined || !isNamed) missed.push({ at, line, bad })
    }
    expect(places.length).toBeGreaterThan(2_500)
    expect(missed).toEqual([])
  })

  it('names the vote for every byte of its receipt', async () => {
    const { receipt } = parsed(good[vote]) as { receipt: JsonObject }
    const text = canonical(receipt)
    const missed: unknown[] = []
    for (const name of Object.keys(receipt)) {
      const value = canonical(receipt[name])
      const from = text.indexOf(`${canonical(name)}:${value}`)
      expect(from).toBeGreaterThanOrEqual(0)
      for (let at = from; at < from + value.length; at++) {
        const other = text.at(at) === 'A' ? 'B' : 'A'
        const flipped = `${text.slice(0, at)}${other}${text.slice(at + 1)}`
        const line = (good[vote] ?? '').replace(text, () => flipped)
        const bad = await firstBad(good.with(vote, line))
        if (bad?.line !== vote + 1) missed.push({ name, at, bad })
      }
    }
    expect(missed).toEqual([])
  })

  it('that whoever changed it closed anew shows too, but for names, the time of writing and keys of tokens', async () => {
    const immaterial: string[] = []
    const parts = JSON.parse(header) as JsonObject
    for (let at = 0; at < header.length; at++) {
      const flipped = `${header.slice(0, at)}${header.at(at) === 'x' ? 'y' : 'x'}${header.slice(at + 1)}`
      const bad = await firstBad(closedAnew(good.with(0, flipped)))
      if (bad === undefined) immaterial.push(changedMember(parts, JSON.parse(flipped)))
    }
    expect(new Set(immaterial)).toEqual(new Set(['exported_at', 'jwks', 'record.names']))
  })
})

function changedMember(before: JsonObject, after: JsonObject): string {
  const differs = (a: unknown, b: unknown) => canonical(a ?? null) !== canonical(b ?? null)
  const name = Object.keys(before).find((one) => differs(before[one], after[one])) ?? 'none'
  if (name !== 'record') return name
  const [a, b] = [before['record'] as JsonObject, after['record'] as JsonObject]
  return `record.${Object.keys(a).find((one) => differs(a[one], b[one]))}`
}

describe('a record that somebody changed who may write everything but holds no passkey', {
  timeout: 60_000,
}, () => {
  const request = `request:${told.openId}`
  const mara = `person:${w.mara.id}`
  /** Nothing in it is sealed, so no checkpoint helps to find the change. */
  let unsealed: string[]
  const here = { fault: 'vote', stream: request }

  beforeAll(async () => {
    unsealed = rewritten(open, (drafts) => drafts)
    expect(await firstBad(unsealed)).toBeUndefined()
  })

  const isOf = (stream: string, type: string) => (one: Draft) =>
    one.entry.stream === stream && one.entry.type === type

  function edited(stream: string, type: string, body: (now: JsonObject) => JsonObject) {
    return rewritten(unsealed, (drafts) =>
      drafts.map((draft) =>
        isOf(stream, type)(draft)
          ? { ...draft, entry: { ...draft.entry, body: body(draft.entry.body) } }
          : draft,
      ),
    )
  }

  it('is refused with another choice', async () => {
    const lines = edited(request, 'vote.cast', (body) => ({ ...body, choice: 'reject' }))
    expect(await firstBad(lines)).toMatchObject(here)
  })

  it('is refused with another voter', async () => {
    const lines = rewritten(unsealed, (drafts) =>
      drafts.map((draft) => {
        if (!isOf(request, 'vote.cast')(draft) || draft.entry.actor.id !== w.mara.id) return draft
        const { entry } = draft
        const actor = { kind: 'person' as const, id: w.tomas.id }
        return { ...draft, entry: { ...entry, actor, body: { ...entry.body, person: w.tomas.id } } }
      }),
    )
    expect(await firstBad(lines)).toMatchObject(here)
  })

  it('is refused with the receipts of two votes swapped', async () => {
    const receipts = entriesOf(unsealed).flatMap(({ line: { receipt } }) =>
      receipt ? [receipt] : [],
    )
    expect(receipts).toHaveLength(2)
    const swapped = [...receipts].reverse()
    const lines = rewritten(unsealed, (drafts) =>
      drafts.map((draft) => {
        const receipt = draft.receipt && swapped.shift()
        return receipt ? { ...draft, receipt } : draft
      }),
    )
    expect(await firstBad(lines)).toMatchObject(here)
  })

  it('is refused without the key binding, and with the binding withheld behind its hash', async () => {
    const without = rewritten(unsealed, (drafts) =>
      drafts.filter((one) => !isOf(mara, 'factor.added')(one)),
    )
    const unknown = 'The key of the receipt is not a registered key of the voter.'
    expect(await firstBad(without)).toMatchObject({ ...here, detail: unknown })
    const at = placeOf(good, mara, 'factor.added')
    const { leaf, hash } = parsed(good[at]) as { leaf: number; hash: string }
    const hidden = closedAnew(good.with(at, canonical({ kind: 'leaf', leaf, hash })), {
      entries: entriesOf(good).length - 1,
    })
    expect(await firstBad(hidden)).toMatchObject({ fault: 'vote', detail: unknown })
  })

  it('is refused with another public key bound to the voter', async () => {
    const other = entriesOf(unsealed).find(
      ({ line: { entry } }) =>
        entry.stream === `person:${w.tomas.id}` && entry.type === 'factor.added',
    )?.line.entry.body
    const { public_key = {}, thumbprint = '' } = other ?? {}
    const lines = edited(mara, 'factor.added', (body) => ({ ...body, public_key, thumbprint }))
    expect(await firstBad(lines)).toMatchObject(here)
  })

  it('is refused with a key bound or confirmed only after the vote, or after the ticket opened', async () => {
    const isBinding = (one: Draft) => one.entry.stream === mara
    const late = rewritten(unsealed, (drafts) => [
      ...drafts.filter((one) => !isBinding(one)),
      ...drafts.filter(isBinding),
    ])
    expect(await firstBad(late)).toMatchObject(here)
    const opened = entriesOf(unsealed).find(({ line }) => line.entry.type === 'ticket.opened')
    const at = opened?.line.entry.at ?? ''
    const confirmedLate = rewritten(unsealed, (drafts) =>
      drafts.map((draft) =>
        isOf(mara, 'factor.confirmed')(draft) ? { ...draft, entry: { ...draft.entry, at } } : draft,
      ),
    )
    expect(await firstBad(confirmedLate)).toMatchObject(here)
  })

  it('is refused with a key that was taken away before the vote, and not with one taken away after', async () => {
    const body = { kind: 'passkey', id: told.mara.factorId }
    const actor = { kind: 'person' as const, id: w.mara.id }
    const entry = { stream: mara, type: 'factor.removed', actor, body }
    const beforeVote = rewritten(unsealed, (drafts) => {
      const first = drafts.findIndex(isOf(request, 'vote.cast'))
      return drafts.toSpliced(first, 0, { entry: { ...entry, at: new Date().toISOString() } })
    })
    expect(await firstBad(beforeVote)).toMatchObject(here)
    const after = rewritten(unsealed, (drafts) => [
      ...drafts,
      { entry: { ...entry, at: new Date().toISOString() } },
    ])
    expect(await firstBad(after)).toBeUndefined()
  })

  it('is refused with another contract, whether the reviews are left or written anew', async () => {
    const swap = (text: string) => text.replace('Deploy release', 'Delete release')
    const contract = unsealed.map(parsed).find((line) => line.kind === 'document')
    if (contract?.kind !== 'document') throw new Error('the contract comes first')
    const [before, after] = [digestOfText(contract.text), digestOfText(swap(contract.text))]
    const lines = rewritten(
      unsealed,
      (drafts) =>
        drafts.map((draft) =>
          isOf(request, 'request.submitted')(draft)
            ? {
                ...draft,
                entry: { ...draft.entry, body: { ...draft.entry.body, contract_digest: after } },
              }
            : draft,
        ),
      (texts) => texts.map(swap),
    )
    expect(after).not.toBe(before)
    expect(await firstBad(lines)).toMatchObject({ fault: 'document', stream: request })
    const anew = (text: string) => swap(text).replaceAll(before, after)
    const digests = new Map<string, string>()
    const whole = rewritten(
      unsealed,
      (drafts) => drafts,
      (texts) =>
        texts.map((text) => {
          digests.set(digestOfText(text), digestOfText(anew(text)))
          return anew(text)
        }),
    )
    const moved = rewritten(whole, (drafts) =>
      drafts.map((draft) => {
        const text = [...digests].reduce(
          (now, [a, b]) => now.replaceAll(a, b),
          canonical(draft.entry.body),
        )
        return { ...draft, entry: { ...draft.entry, body: JSON.parse(text) } }
      }),
    )
    expect(await firstBad(moved)).toMatchObject(here)
  })

  it('is refused with a contract that no entry names', async () => {
    const lines = rewritten(
      unsealed,
      (drafts) => drafts,
      (texts) => [...texts, '{"v":1}'],
    )
    expect(await firstBad(lines)).toMatchObject({ fault: 'document' })
  })

  it('is refused when a release counts what nobody approved', async () => {
    const whole = rewritten(good, (drafts) => drafts)
    expect(await firstBad(whole)).toBeUndefined()
    const stream = `request:${told.requestId}`
    const without = rewritten(whole, (drafts) =>
      drafts.filter((one) => !isOf(stream, 'vote.cast')(one) || one.entry.actor.id !== w.mara.id),
    )
    expect(await firstBad(without)).toMatchObject({
      fault: 'vote',
      detail: 'The release counts an approval that nobody gave, or that was taken back.',
    })
  })

  it('is refused when the grant was redeemed with a token that was not handed out', async () => {
    const stream = `request:${told.requestId}`
    const lines = rewritten(good, (drafts) =>
      drafts.map((draft) =>
        isOf(stream, 'grant.redeemed')(draft)
          ? { ...draft, entry: { ...draft.entry, body: { ...draft.entry.body, jti: 'other' } } }
          : draft,
      ),
    )
    expect(await firstBad(lines)).toMatchObject({ fault: 'token', stream })
  })

  it('is refused with votes of another request, as if they were of this one', async () => {
    const [header] = open
    const other = `request:${told.requestId}`
    const shown = (line: ReturnType<typeof parsed>, partial: string[]) => {
      if (line.kind !== 'header' || !line.record) throw new Error('a record begins with one')
      const streams = [...new Set([...(line.streams ?? []), other])].sort()
      return canonical({ ...line, streams, record: { ...line.record, partial } })
    }
    const line = parsed(header)
    const partial = line.kind === 'header' ? (line.record?.partial ?? []) : []
    for (const kept of [partial, [...partial, other]]) {
      const forged = closedAnew(open.with(0, shown(line, kept)))
      expect(await firstBad(forged)).toMatchObject({ fault: 'malformed', line: 1 })
    }
  })

  it('has nothing in it that writes to the terminal of whoever reads the report', async () => {
    const painting = '\u001b[2J\u202eGood'
    const by = { kind: 'person' as const, id: w.mara.id }
    const body = {
      vote_id: 'vot_1',
      person: w.mara.id,
      choice: 'reject',
      method: 'totp',
      channel: 'web',
      review_digest: painting,
    }
    const entry = { stream: request, type: 'vote.cast', at: new Date().toISOString() }
    const forged = rewritten(
      unsealed,
      (drafts) => [
        ...drafts
          .filter(({ entry }) => entry.type !== 'vote.cast')
          .map((draft) =>
            isOf(request, 'request.submitted')(draft)
              ? {
                  ...draft,
                  entry: {
                    ...draft.entry,
                    body: { ...draft.entry.body, contract_digest: painting },
                  },
                }
              : draft,
          ),
        { entry: { ...entry, actor: by, body } },
      ],
      () => [],
    )
    const check = await verifyTrail(forged)
    expect(check).toMatchObject({ ok: true, votes: [{ reviewDigest: painting }] })
    const words = tellTrail(check, false).join('\n')
    expect(words).not.toContain('\u001b')
    expect(words).not.toContain('\u202e')
  })

  it('is refused as cut off, in another order, or with an entry sealed by no checkpoint', async () => {
    for (let kept = 1; kept < good.length; kept++) {
      expect(await firstBad(good.slice(0, kept))).toMatchObject({ fault: 'truncated' })
    }
    for (let at = 1; at + 1 < good.length; at++) {
      const [one = '', two = ''] = [good[at], good[at + 1]]
      const swapped = closedAnew(good.with(at, two).with(at + 1, one))
      const bad = await firstBad(swapped)
      const areDocuments = [one, two].every((text) => parsed(text).kind === 'document')
      if (areDocuments) expect(bad).toBeUndefined()
      else expect([at, bad]).toEqual([at, expect.objectContaining({ line: expect.any(Number) })])
    }
    const last = [...good.keys()].filter((at) => {
      const [here, next] = [parsed(good[at]), parsed(good[at + 1])]
      // Where the log simply goes on, the next checkpoint proves what this one did.
      return here?.kind === 'checkpoint' && (next?.kind === 'range' || next?.kind === 'end')
    })
    expect(last.length).toBeGreaterThan(1)
    for (const at of last) {
      expect(await firstBad(closedAnew(good.toSpliced(at, 1)))).toMatchObject({
        fault: 'truncated',
      })
    }
  })
})

describe('what was pinned', () => {
  it('makes the keys of the file worth nothing', async () => {
    const [key = ''] = (parsed(good[0]) as { verifiers: string[] }).verifiers
    expect(await verifyTrail(good, { trustedVerifiers: [key] })).toMatchObject({
      ok: true,
      summary: { keysPinned: true },
    })
    const other = 'localhost:3000/audit+00000000+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    expect(await firstBad(good, { trustedVerifiers: [other] })).toBeDefined()
  })

  it('as a checkpoint that the record does not pass is said to prove nothing of it', async () => {
    const notes = good
      .map(parsed)
      .flatMap((line) => (line.kind === 'checkpoint' ? [line.note] : []))
    expect(await verifyTrail(good, { trustedCheckpoint: notes[0] ?? '' })).toMatchObject({
      ok: true,
      summary: { tailProtected: true },
    })
    await submit(w)
    await sealLog(runtime)
    const newest = await runtime.db.checkpoint.findFirstOrThrow({ orderBy: { size: 'desc' } })
    expect(await firstBad(good, { trustedCheckpoint: newest.note })).toMatchObject({
      fault: 'root',
      detail: expect.stringContaining('hold a whole export against it'),
    })
  })
})

describe('an allow token that was kept', () => {
  it('is told with its request, contract, policy and use', async () => {
    expect(await verifyTrail(good, { token: told.token })).toMatchObject({
      ok: true,
      token: { use: 'redeemed', claims: { sub: told.requestId } },
    })
  })

  it('with one bit flipped, of another request, or by another key is refused', async () => {
    for (const at of [20, told.token.indexOf('.') + 30, told.token.length - 20]) {
      const flipped = `${told.token.slice(0, at)}${told.token.at(at) === 'a' ? 'b' : 'a'}${told.token.slice(at + 1)}`
      expect(await firstBad(good, { token: flipped })).toMatchObject({ fault: 'token' })
    }
    expect(await firstBad(open, { token: told.token })).toMatchObject({
      fault: 'token',
      detail: 'The trail does not tell that this token was handed out.',
    })
    expect(await firstBad(good, { token: told.token, trustedJwks: { keys: [] } })).toMatchObject({
      fault: 'token',
      detail: 'The token does not verify (unknown_key).',
    })
    expect(await firstBad(good, { token: 'no token' })).toMatchObject({ fault: 'token' })
  })

  it('of which the trail tells another contract or place is refused', async () => {
    const stream = `request:${told.requestId}`
    for (const [type, change] of [
      ['decision.made', { ordinal: 99 }],
      ['grant.created', { generation: 7 }],
      ['grant.collected', { token_expires_at: '2030-01-01T00:00:00.000Z' }],
    ] as const) {
      const lines = rewritten(good, (drafts) =>
        drafts.map((draft) =>
          draft.entry.stream === stream && draft.entry.type === type
            ? { ...draft, entry: { ...draft.entry, body: { ...draft.entry.body, ...change } } }
            : draft,
        ),
      )
      expect(await firstBad(lines, { token: told.token })).toMatchObject({ fault: 'token' })
    }
  })
})

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
