import { describe, expect, it } from 'vitest'
import { eraseEvidence } from '#lib/commands/evidence/erase-evidence'
import { removeFactor } from '#lib/commands/factor/remove-factor'
import { sealLog } from '#lib/commands/seal-log'
import { exportLines } from '#lib/core/audit/export'
import { verifyTrail } from '#lib/core/audit/verify-trail'
import { auditExport } from '#lib/queries/audit-export'
import { tellTrail } from '../sdk/cli/audit/tell-trail'
import { trailJson } from '../sdk/cli/audit/trail-json'
import { testDatabase } from '../test/database'
import { givePasskey, voteByPasskey } from '../test/passkeys'
import { entriesOf, firstBad, parsed, recordOf, rewritten } from '../test/record-lines'
import { keyOf, placeOf, records } from '../test/records'
import { attachPlan, must, submit, world } from '../test/world'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const { told, good, open } = await records(w)

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
    const aiko = { id: w.aiko.id, ...(await keyOf(w, w.aiko)) }
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
