import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { storeFile } from '#lib/db/files'
import { attachmentBytes, findAttachment, takesEvidence } from '#lib/queries/ticket/attachment'
import { ticketView } from '#lib/queries/ticket/ticket-view'
import { testDatabase } from '../../../test/database'
import { approve, attachPlan, must, submit, world } from '../../../test/world'
import { cancelRequest } from '../request/cancel-request'
import { addEvidence } from './add-evidence'
import { attachFile } from './attach-file'
import { eraseEvidence } from './erase-evidence'
import { sweepFiles } from './sweep-files'

const { url } = await testDatabase()
const w = await world(url)
const { runtime } = w
const { db } = runtime

/** Text of its own in every test, so that no file is shared by chance. */
function text(size = 40): Buffer {
  return Buffer.from(`log ${randomBytes(size).toString('hex')}\n`)
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function send(requestId: string, bytes: Uint8Array, more: object = {}) {
  const file = { requestId, personId: w.aiko.id, name: 'run.log', description: null, bytes }
  return attachFile(runtime, { ...file, ...more })
}

async function saved(sha256: string, size: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  const stream = attachmentBytes(runtime, { sha256, size_bytes: size })
  for await (const part of stream) parts.push(part)
  return Buffer.concat(parts)
}

const bodyOf = async (id: string) =>
  (await db.evidence.findUniqueOrThrow({ where: { id } })).body as Record<string, unknown> | null

const longAgo = (sha256: string) =>
  db.$executeRaw`UPDATE files SET created_at = now() - interval '25 hours' WHERE sha256 = ${sha256}`

describe('a file that is attached', () => {
  it('is kept as it was sent, named in an item whose digest covers its hash, and read back the same', async () => {
    const requestId = await submit(w)
    const bytes = text(1_500_000)
    const { evidenceId, sha256 } = must(
      await send(requestId, bytes, { name: '../Drain.LOG', description: ' The drain ' }),
    )
    expect(await bodyOf(evidenceId)).toEqual({
      name: 'Drain.LOG',
      media_type: 'text/plain',
      size_bytes: bytes.length,
      sha256: hashOf(bytes),
      description: 'The drain',
    })
    const other = must(
      await send(requestId, text(), { name: 'Drain.LOG', description: 'The drain' }),
    )
    expect(other.sha256).not.toBe(sha256)
    expect(bytes.equals(await saved(hashOf(bytes), bytes.length))).toBe(true)
  })

  it('is one row however many send the same bytes at once, and an item for each', async () => {
    const bytes = text()
    const requests = await Promise.all(Array.from({ length: 12 }, () => submit(w)))
    const sent = await Promise.all(requests.map((requestId) => send(requestId, bytes)))
    expect(new Set(sent.map((one) => must(one).evidenceId)).size).toBe(12)
    expect(await db.storedFile.count({ where: { sha256: hashOf(bytes) } })).toBe(1)
  })

  it.each([
    ['nothing', Buffer.alloc(0), 'run.log', 'The file is empty. Choose one that is not.'],
    [
      'more than 10 MB',
      Buffer.alloc(10 * 1024 * 1024 + 1, 'a'),
      'run.log',
      'A file has at most 10 MB.',
    ],
    ['a program that is named a log', Buffer.from('MZ\0\0'), 'run.log', /^Its name says Text/],
    ['a name without an ending', Buffer.from('a'), 'run', /^Its name has to end in/],
    ['a name that is only a path', Buffer.from('a'), '../..', /^Its name has to end in/],
  ])('is not %s', async (_what, bytes, name, why) => {
    const refused = await send(await submit(w), bytes, { name })
    expect(refused).toMatchObject({
      ok: false,
      refusal: {
        code: 'evidence_invalid',
        fields: [{ path: '/file', message: expect.stringMatching(why) }],
      },
    })
  })

  it('satisfies a checklist only once it was reviewed, as everything else', async () => {
    const requestId = await submit(w)
    await attachPlan(w, requestId, w.aiko)
    must(await send(requestId, text()))
    const view = await ticketView(runtime, { requestId, viewerId: w.mara.id })
    expect(view?.evidence.map(({ label }) => label)).toEqual(['Rollback plan', 'Attachment'])
    must(await approve(w, requestId, w.mara))
    expect(must(await reevaluate(runtime, { requestId, cause: 'test' })).state).toBe('released')
  })

  it('is refused once its ticket has ended, before and after its bytes are read', async () => {
    const requestId = await submit(w)
    const actor = { kind: 'person', id: w.owner.id } as const
    must(await cancelRequest(runtime, { requestId, actor, reason: null }))
    expect(await takesEvidence(runtime, requestId)).toMatchObject({
      refusal: { code: 'ticket_closed' },
    })
    expect(await send(requestId, text())).toMatchObject({ refusal: { code: 'ticket_closed' } })
  })

  it('is no evidence without its bytes, nor from a caller', async () => {
    const requestId = await submit(w)
    const bytes = text()
    const body = { name: 'a.log', media_type: 'text/plain', size_bytes: 5, sha256: hashOf(bytes) }
    const item = { requestId, type: 'attachment', body, channel: 'web' } as const
    const person = { kind: 'person', id: w.aiko.id } as const
    const caller = { kind: 'caller', id: w.callerId, keyId: w.agent.keyId } as const
    const refused = { refusal: { code: 'evidence_invalid' } }
    expect(await addEvidence(runtime, { ...item, actor: person })).toMatchObject(refused)
    await storeFile(db, { sha256: hashOf(bytes), bytes, mediaType: 'text/plain' })
    expect(await addEvidence(runtime, { ...item, actor: caller })).toMatchObject(refused)
    expect(await addEvidence(runtime, { ...item, actor: person })).toMatchObject({ ok: true })
  })

  it('is found under its own ticket alone', async () => {
    const [mine, other] = [await submit(w), await submit(w)]
    const { evidenceId } = must(await send(mine, text()))
    expect((await findAttachment(runtime, { requestId: mine, evidenceId })).kind).toBe('file')
    expect((await findAttachment(runtime, { requestId: other, evidenceId })).kind).toBe('none')
    const plan = await attachPlan(w, mine, w.aiko)
    const named = { requestId: mine, evidenceId: plan.evidenceId }
    expect((await findAttachment(runtime, named)).kind).toBe('none')
  })
})

describe('the table of files', () => {
  it('takes no bytes under a hash that is not theirs, neither new nor in the place of others', async () => {
    const bytes = text()
    const stored = { sha256: hashOf(text()), bytes, mediaType: 'text/plain' }
    await expect(storeFile(db, stored)).rejects.toThrow('files_are_their_hash')
    await storeFile(db, { ...stored, sha256: hashOf(bytes) })
    const exchange = db.$executeRaw`UPDATE files SET bytes = ${text()} WHERE sha256 = ${hashOf(bytes)}`
    await expect(exchange).rejects.toThrow('content-addressed')
    const rename = db.$executeRaw`UPDATE files SET sha256 = ${hashOf(text())} WHERE sha256 = ${hashOf(bytes)}`
    await expect(rename).rejects.toThrow('content-addressed')
  })

  it('never has the last part of a file sent whose bytes are not what was hashed', async () => {
    const bytes = text()
    const sha256 = hashOf(bytes)
    await storeFile(db, { sha256, bytes, mediaType: 'text/plain' })
    const other = Buffer.from(bytes).fill('x', 0, 4)
    await db.$executeRawUnsafe('ALTER TABLE files DROP CONSTRAINT files_are_their_hash')
    await db.$executeRawUnsafe('ALTER TABLE files DISABLE TRIGGER USER')
    await db.$executeRaw`UPDATE files SET bytes = ${other} WHERE sha256 = ${sha256}`
    await db.$executeRawUnsafe('ALTER TABLE files ENABLE TRIGGER USER')
    await expect(saved(sha256, bytes.length)).rejects.toThrow('not what was hashed')
  })
})

describe('the sweep', () => {
  it('forgets after a day what no item names, and nothing else', async () => {
    const [named, loose, fresh] = [text(), text(), text()]
    must(await send(await submit(w), named))
    for (const bytes of [loose, fresh]) {
      await storeFile(db, { sha256: hashOf(bytes), bytes, mediaType: 'text/plain' })
    }
    await longAgo(hashOf(named))
    await longAgo(hashOf(loose))
    expect(await sweepFiles(runtime)).toBe(1)
    const kept = await db.storedFile.findMany({
      where: { sha256: { in: [named, loose, fresh].map(hashOf) } },
      select: { sha256: true },
    })
    expect(kept.map(({ sha256 }) => sha256).sort()).toEqual([named, fresh].map(hashOf).sort())
  })

  it('leaves bytes that are sent again', async () => {
    const bytes = text()
    const stored = { sha256: hashOf(bytes), bytes, mediaType: 'text/plain' }
    await storeFile(db, stored)
    await longAgo(hashOf(bytes))
    await storeFile(db, stored)
    expect(await sweepFiles(runtime)).toBe(0)
  })
})

describe('erasing', () => {
  it('takes the bytes and what the item said, keeps the hash, and is told in the record by the system', async () => {
    const requestId = await submit(w)
    const bytes = text()
    const { evidenceId, sha256 } = must(await send(requestId, bytes))
    const erased = must(await eraseEvidence(runtime, { evidenceId, reason: 'It held a password' }))
    expect(erased).toEqual({ requestId, keptFor: [] })
    const row = await db.evidence.findUniqueOrThrow({ where: { id: evidenceId } })
    expect(row).toMatchObject({ body: null, sha256, state: 'withdrawn' })
    const file = await db.storedFile.findUniqueOrThrow({ where: { sha256: hashOf(bytes) } })
    expect(file.bytes).toBeNull()
    expect(await findAttachment(runtime, { requestId, evidenceId })).toEqual({ kind: 'erased' })
    const view = await ticketView(runtime, { requestId, viewerId: w.mara.id })
    expect(view?.evidence[0]).toMatchObject({
      body: { kind: 'erased', reason: 'It held a password' },
      ended: { byName: null },
      canReject: false,
    })
    expect(view?.record.entries.at(-1)?.text).toEqual([
      'What an item of evidence said was erased. Its hash stays',
    ])
    const again = await eraseEvidence(runtime, { evidenceId, reason: 'Again' })
    expect(again).toMatchObject({ refusal: { code: 'already_decided' } })
    expect(await send(requestId, bytes)).toMatchObject({ refusal: { code: 'evidence_invalid' } })
  })

  it('asks whoever signed with it again while the request is held, and changes nothing that was decided', async () => {
    const held = await submit(w)
    const plan = await attachPlan(w, held, w.aiko)
    must(await approve(w, held, w.mara))
    must(await eraseEvidence(runtime, { evidenceId: plan.evidenceId, reason: 'Names' }))
    expect(must(await reevaluate(runtime, { requestId: held, cause: 'test' })).state).toBe('open')

    const released = await submit(w)
    const kept = await attachPlan(w, released, w.aiko)
    must(await approve(w, released, w.mara))
    expect(must(await reevaluate(runtime, { requestId: released, cause: 'test' })).state).toBe(
      'released',
    )
    must(await eraseEvidence(runtime, { evidenceId: kept.evidenceId, reason: 'Names' }))
    const row = await db.evidence.findUniqueOrThrow({ where: { id: kept.evidenceId } })
    expect(row).toMatchObject({ state: 'provided', body: null, sha256: kept.sha256 })
  })

  it('keeps the bytes while another item names them, and says which', async () => {
    const bytes = text()
    const first = must(await send(await submit(w), bytes))
    const second = must(await send(await submit(w), bytes))
    const erase = async (evidenceId: string) =>
      must(await eraseEvidence(runtime, { evidenceId, reason: 'Names' })).keptFor
    expect(await erase(first.evidenceId)).toEqual([second.evidenceId])
    expect(bytes.equals(await saved(hashOf(bytes), bytes.length))).toBe(true)
    expect(await erase(second.evidenceId)).toEqual([])
    await expect(saved(hashOf(bytes), bytes.length)).rejects.toThrow()
  })

  it('wants a reason, and an item that exists', async () => {
    const { evidenceId } = must(await send(await submit(w), text()))
    expect(await eraseEvidence(runtime, { evidenceId, reason: ' ' })).toMatchObject({
      refusal: { code: 'invalid_body' },
    })
    expect(await eraseEvidence(runtime, { evidenceId: 'evd_none', reason: 'x' })).toMatchObject({
      refusal: { code: 'not_found' },
    })
    expect(await bodyOf(evidenceId)).not.toBeNull()
  })
})
