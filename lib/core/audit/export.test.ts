import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { canonical } from '../contract/canonical'
import { isJsonObject, type Json, type JsonObject } from '../contract/json'
import { appendEntries, type Chain } from './chain'
import { signCheckpoint } from './checkpoint'
import { type AuditEntry, entryHash, type HashedEntry } from './entry'
import { exportLines, type SizedNote } from './export'
import type { VerifyExportOptions } from './export-check'
import { appendLeaves, EMPTY_LOG, entryLeaf, logRoot } from './log'
import { EMPTY_ROOT } from './merkle-hash'
import { formatVerifier, type NoteSigner, noteVerifier } from './note'
import { verifyExport } from './verify-export'

const ORIGIN = 'countersign.example.com/audit'
const STREAMS = ['request:req_1', 'request:req_2', 'person:prs_1', 'installation']
let signer: NoteSigner
let verifier: string

beforeAll(async () => {
  ;[signer, verifier] = await newKey()
})

async function newKey(name = ORIGIN): Promise<[NoteSigner, string]> {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Ed25519 gives a pair')
  const publicKey = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const key = { name, publicKey, key: pair.privateKey }
  return [key, formatVerifier(noteVerifier(name, publicKey))]
}

/** Which stream each entry goes to, how many of them are sealed, and after how many leaves checkpoints were signed. */
type Plan = { streams: number[]; sealed: number; sizes: number[] }

/** The last checkpoint covers every leaf, as it does a few seconds after the last event. */
const somePlan: fc.Arbitrary<Plan> = fc
  .array(fc.nat(STREAMS.length - 1), { minLength: 2, maxLength: 14 })
  .chain((streams) =>
    fc
      .record({ sealed: fc.nat(streams.length), sizes: fc.array(fc.nat(streams.length)) })
      .map(({ sealed, sizes }) => ({
        streams,
        sealed,
        sizes: [...new Set([...sizes.filter((size) => size <= sealed), sealed])].sort(
          (a, b) => a - b,
        ),
      })),
  )

function write(streams: readonly number[]): HashedEntry[] {
  const chains = new Map<string, Chain>()
  return streams.map((one, at) => {
    const stream = STREAMS[one] ?? 'installation'
    const chain = chains.get(stream) ?? { stream, head: null }
    const body = { at, choice: 'approve', nested: { list: [1, 'two', null] } }
    const draft = { type: 'vote.cast', at: 1_771_000_000_000 + at, body }
    const actor = { kind: 'person' as const, id: 'prs_1' }
    const [entry] = appendEntries(chain, [{ ...draft, actor }])
    if (entry === undefined) throw new Error('one draft gives one entry')
    chains.set(stream, { stream, head: entry })
    return entry
  })
}

async function note(
  entries: readonly HashedEntry[],
  size: number,
  by = signer,
): Promise<SizedNote> {
  const leaves = entries.slice(0, size).map(({ hash }) => entryLeaf(hash))
  const root = logRoot(appendLeaves(EMPTY_LOG, leaves).log)
  return { size, note: await signCheckpoint({ size, root }, by) }
}

async function exported(
  entries: readonly HashedEntry[],
  sealed: number,
  checkpoints: readonly SizedNote[],
): Promise<string[]> {
  const header = {
    issuer: 'https://countersign.example.com',
    origin: ORIGIN,
    exported_at: '2026-03-14T10:00:00.000Z',
    streams: null,
    verifiers: [verifier],
    jwks: { keys: [] },
  }
  const parts = {
    header,
    checkpoints,
    sealed: entries.slice(0, sealed),
    unsealed: entries.slice(sealed),
  }
  const lines: string[] = []
  for await (const line of exportLines(parts)) lines.push(line)
  return lines
}

async function make({ streams, sealed, sizes }: Plan) {
  const entries = write(streams)
  const checkpoints = await Promise.all(sizes.map((size) => note(entries, size)))
  return { entries, checkpoints, lines: await exported(entries, sealed, checkpoints) }
}

async function firstBad(lines: Iterable<string>, options?: VerifyExportOptions) {
  const check = await verifyExport(lines, options)
  return check.ok ? undefined : check.bad
}

function parsed(line: string | undefined): JsonObject {
  const value: Json = JSON.parse(line ?? 'null')
  if (!isJsonObject(value)) throw new Error('every line is an object')
  return value
}

function linesOf(lines: readonly string[], kind: string): number[] {
  return [...lines.keys()].filter((at) => parsed(lines[at])['kind'] === kind)
}

function withEntry(
  lines: readonly string[],
  at: number,
  change: (entry: AuditEntry) => AuditEntry,
) {
  const line = parsed(lines[at])
  const entry = change(line['entry'] as unknown as AuditEntry)
  const hash = entryHash(entry)
  return {
    kept: lines.with(at, canonical({ ...line, entry })),
    rehashed: lines.with(at, canonical({ ...line, entry, hash })),
  }
}

const PLAN: Plan = { streams: [0, 1, 0, 2, 0, 1, 3, 0], sealed: 6, sizes: [2, 5, 6] }

describe('an audit export', () => {
  test('verifies offline as it was written, wherever checkpoints stand and sealing ends', async () => {
    await fc.assert(
      fc.asyncProperty(somePlan, async (plan) => {
        const { lines, entries } = await make(plan)
        const check = await verifyExport(lines)
        expect(check).toMatchObject({
          ok: true,
          summary: {
            origin: ORIGIN,
            entries: entries.length,
            leaves: plan.sealed,
            signedLeaves: plan.sealed,
            checkpoints: plan.sizes.length,
            keysPinned: false,
            tailProtected: false,
            votes: null,
          },
        })
        const heads = check.ok ? check.summary.heads : new Map()
        for (const { stream, ordinal, hash } of entries) {
          if (heads.get(stream)?.ordinal === ordinal) expect(heads.get(stream)?.hash).toBe(hash)
        }
        expect(heads.size).toBe(new Set(entries.map(({ stream }) => stream)).size)
      }),
      { numRuns: 40 },
    )
  })

  test('names the entry whose content was changed', async () => {
    await fc.assert(
      fc.asyncProperty(somePlan, fc.nat(), async (plan, at) => {
        const { lines } = await make(plan)
        const places = linesOf(lines, 'entry')
        const place = places[at % places.length] ?? 0
        const original = parsed(lines[place])['entry'] as unknown as AuditEntry
        const { kept } = withEntry(lines, place, (entry) => ({
          ...entry,
          body: { choice: 'reject' },
        }))
        expect(await firstBad(kept)).toMatchObject({
          fault: 'hash',
          line: place + 1,
          stream: original.stream,
          ordinal: original.ordinal,
        })
      }),
      { numRuns: 40 },
    )
  })

  test('shows a sealed entry that was changed and hashed anew, at the next one or at the next root', async () => {
    await fc.assert(
      fc.asyncProperty(somePlan, fc.nat(), async (plan, at) => {
        fc.pre(plan.sealed > 0)
        const { lines } = await make(plan)
        const place = linesOf(lines, 'entry')[at % plan.sealed] ?? 0
        const { rehashed } = withEntry(lines, place, (entry) => ({ ...entry, body: {} }))
        const bad = await firstBad(rehashed)
        expect(['prev', 'root']).toContain(bad?.fault)
        expect(bad?.line).toBeGreaterThan(place + 1)
      }),
      { numRuns: 40 },
    )
  })

  test('shows a whole trail that was rewritten without the key: the first root that covers the change', async () => {
    await fc.assert(
      fc.asyncProperty(somePlan, fc.nat(), async (plan, at) => {
        fc.pre(plan.sealed > 0)
        const { entries, checkpoints } = await make(plan)
        const place = at % plan.sealed
        const rewritten = rewrite(entries, place)
        const lines = await exported(rewritten, plan.sealed, checkpoints)
        const from = Math.max(0, ...plan.sizes.filter((size) => size <= place))
        expect(await firstBad(lines)).toMatchObject({
          fault: 'root',
          leaf: from,
          stream: entries[from]?.stream,
          ordinal: entries[from]?.ordinal,
        })
      }),
      { numRuns: 40 },
    )
  })

  test('shows any line that was deleted, repeated or moved', async () => {
    await fc.assert(
      fc.asyncProperty(somePlan, fc.nat(), fc.nat(), async (plan, a, b) => {
        const { lines } = await make({ ...plan, sizes: [plan.sealed] })
        const places = linesOf(lines, 'entry')
        const one = places[a % places.length] ?? 0
        const other = places[b % places.length] ?? 0
        const line = lines[one] ?? ''
        const deleted = await firstBad(lines.toSpliced(one, 1))
        expect(deleted?.line).toBeGreaterThanOrEqual(one + 1)
        const repeated = await firstBad(lines.toSpliced(one, 0, line))
        expect(repeated?.line).toBe(one + 2)
        if (one === other) return
        const swapped = await firstBad(lines.with(one, lines[other] ?? '').with(other, line))
        const sealed = [one, other].filter((place) => parsed(lines[place])['leaf'] !== null)
        // Entries that are not sealed have no order but that of their own stream.
        if (sealed.length > 0)
          expect(swapped?.line).toBeGreaterThanOrEqual(Math.min(one, other) + 1)
        if (sealed.length === 2) expect(swapped?.line).toBe(Math.min(one, other) + 1)
      }),
      { numRuns: 60 },
    )
  })

  test('names the ordinal that is missing when the next entry is of the same stream', async () => {
    const { lines } = await make({ streams: [0, 0, 0], sealed: 3, sizes: [3] })
    expect(await firstBad(lines.toSpliced(2, 1))).toMatchObject({
      fault: 'ordinal',
      stream: 'request:req_1',
      ordinal: 2,
      leaf: 1,
      line: 3,
    })
  })

  test('shows where it was cut off', async () => {
    const { lines } = await make(PLAN)
    for (let kept = 0; kept < lines.length; kept++) {
      expect(await firstBad(lines.slice(0, kept))).toMatchObject({
        fault: 'truncated',
        line: kept + 1,
      })
    }
  })

  test('shows a cut tail against its own checkpoint, though the end was written anew', async () => {
    const { entries, checkpoints } = await make(PLAN)
    const lines = await exported(entries.slice(0, 4), 4, checkpoints)
    expect(await firstBad(lines)).toMatchObject({ fault: 'truncated', leaf: 4 })
  })

  test('shows a wrong count at the end', async () => {
    const { lines } = await make(PLAN)
    const end = canonical({ kind: 'end', entries: 9, leaves: 6 })
    expect(await firstBad(lines.with(-1, end))).toMatchObject({
      fault: 'truncated',
      line: lines.length,
    })
  })

  test('is believed up to its end only: nothing may follow', async () => {
    const { lines } = await make(PLAN)
    expect(await firstBad([...lines, lines[1] ?? ''])).toMatchObject({ fault: 'malformed' })
    expect(await firstBad([...lines, lines.at(-1) ?? ''])).toMatchObject({ fault: 'malformed' })
  })

  test('shows a sealed entry behind one that is not', async () => {
    const { entries } = await make(PLAN)
    const [first, second] = entries
    if (first === undefined || second === undefined) throw new Error('two entries')
    const lines = await exported([first, second], 1, [])
    const late = canonical({ ...parsed(lines[2]), leaf: 0 })
    const early = canonical({ ...parsed(lines[1]), leaf: null })
    expect(await firstBad(lines.with(1, early).with(2, late))).toMatchObject({ fault: 'leaf' })
  })
})

/** All that somebody can do who may write every table but holds no key: new content, new hashes, the old checkpoints. */
function rewrite(entries: readonly HashedEntry[], place: number): HashedEntry[] {
  const chains = new Map<string, Chain>()
  return entries.map((entry, at) => {
    const { stream, type, actor } = entry
    const chain = chains.get(stream) ?? { stream, head: null }
    const body = at === place ? { choice: 'reject' } : entry.body
    const [next] = appendEntries(chain, [{ type, actor, body, at: Date.parse(entry.at) }])
    if (next === undefined) throw new Error('one draft gives one entry')
    chains.set(stream, { stream, head: next })
    return next
  })
}

describe('checkpoints in an export', () => {
  test('by another key are refused', async () => {
    const { entries } = await make(PLAN)
    const [foreign] = await newKey()
    const forged = await note(entries, 6, foreign)
    expect(await firstBad(await exported(entries, 6, [forged]))).toMatchObject({
      fault: 'signature',
    })
  })

  test('by a key that only the file believes in are refused by an auditor who knows the key', async () => {
    const { entries } = await make(PLAN)
    const [foreign, foreignVerifier] = await newKey()
    const forged = await note(entries, 6, foreign)
    const lines = await exported(entries, 6, [forged])
    const header = canonical({ ...parsed(lines[0]), verifiers: [foreignVerifier] })
    expect(await firstBad(lines.with(0, header))).toBeUndefined()
    expect(await firstBad(lines.with(0, header), { trustedVerifiers: [verifier] })).toMatchObject({
      fault: 'signature',
    })
  })

  test('of another log are refused', async () => {
    const { lines } = await make(PLAN)
    const header = canonical({ ...parsed(lines[0]), origin: 'other.example.com/audit' })
    expect(await firstBad(lines.with(0, header))).toMatchObject({ fault: 'signature' })
  })

  test('are refused where they do not belong', async () => {
    const { lines } = await make(PLAN)
    const [first = 0] = linesOf(lines, 'checkpoint')
    const moved = lines.toSpliced(first, 1).toSpliced(first + 2, 0, lines[first] ?? '')
    expect(await firstBad(moved)).toMatchObject({ fault: 'leaf', line: first + 3 })
  })

  test('kept elsewhere show an older backup', async () => {
    const { entries, checkpoints } = await make(PLAN)
    const kept = checkpoints.at(-1)?.note ?? ''
    const backup = await exported(entries.slice(0, 5), 5, checkpoints.slice(0, 2))
    expect(await firstBad(backup)).toBeUndefined()
    expect(await firstBad(backup, { trustedCheckpoint: kept })).toMatchObject({
      fault: 'truncated',
      leaf: 5,
    })
  })

  test('kept elsewhere show a log that went on differently, even when signed with the stolen key', async () => {
    const { entries, checkpoints } = await make(PLAN)
    const rewritten = rewrite(entries, 3)
    const signedAnew = [await note(rewritten, 6)]
    const lines = await exported(rewritten, 6, signedAnew)
    expect(await firstBad(lines)).toBeUndefined()
    expect(await firstBad(lines, { trustedCheckpoint: checkpoints[1]?.note ?? '' })).toMatchObject({
      fault: 'root',
    })
  })

  test('kept elsewhere are told when the export reaches them', async () => {
    const { lines, checkpoints } = await make(PLAN)
    const options = {
      trustedVerifiers: [verifier],
      trustedCheckpoint: checkpoints[1]?.note ?? '',
    }
    expect(await verifyExport(lines, options)).toMatchObject({
      ok: true,
      summary: { keysPinned: true, tailProtected: true },
    })
  })

  test('kept elsewhere of another log are refused, though the auditor knows its key', async () => {
    const { lines } = await make(PLAN)
    const [foreign] = await newKey('other.example.com/audit')
    const note = await signCheckpoint({ size: 0, root: EMPTY_ROOT }, foreign)
    const known = formatVerifier(noteVerifier(foreign.name, foreign.publicKey))
    expect(
      await firstBad(lines, { trustedVerifiers: [verifier, known], trustedCheckpoint: note }),
    ).toMatchObject({ fault: 'signature', line: 1 })
  })

  test('kept elsewhere are believed only when the log signed them', async () => {
    const { lines, entries } = await make(PLAN)
    const [foreign] = await newKey()
    const { note: forged } = await note(entries, 6, foreign)
    expect(await firstBad(lines, { trustedCheckpoint: forged })).toMatchObject({
      fault: 'signature',
      line: 1,
    })
  })
})

describe('lines of an export', () => {
  test('are refused in any spelling but the canonical one', async () => {
    const { lines } = await make(PLAN)
    const line = lines[1] ?? ''
    const spellings = [
      line.replace('{', '{ '),
      line.replace('"leaf":0', '"leaf":0.0'),
      line.replace('"leaf":0', '"leaf":1,"leaf":0'),
      line.replace('"choice":"approve"', '"choice":"\\u0061pprove"'),
      line.replace('approve', '\\ud800'),
      `${line} `,
      '',
      'null',
      '[]',
      '{',
      '{"kind":"other"}',
      '{"kind":"constructor"}',
    ]
    for (const spelling of spellings) {
      expect(spelling).not.toBe(line)
      expect(await firstBad(lines.with(1, spelling))).toMatchObject({ fault: 'malformed', line: 2 })
    }
  })

  test('are refused with a member more or a member less', async () => {
    const { lines } = await make(PLAN)
    for (const [at, line] of lines.entries()) {
      const members = parsed(line)
      const more = lines.with(at, canonical({ ...members, more: 1 }))
      expect(await firstBad(more)).toMatchObject({ fault: 'malformed', line: at + 1 })
      for (const name of Object.keys(members).filter((one) => one !== 'leaf')) {
        const { [name]: _, ...less } = members
        const bad = await firstBad(lines.with(at, canonical(less)))
        expect(bad).toMatchObject({ fault: 'malformed', line: at + 1 })
      }
    }
  })

  test('begin with one header', async () => {
    const { lines } = await make(PLAN)
    expect(await firstBad(lines.slice(1))).toMatchObject({ fault: 'malformed', line: 1 })
    const twice = lines.toSpliced(1, 0, lines[0] ?? '')
    expect(await firstBad(twice)).toMatchObject({ fault: 'malformed', line: 2 })
  })

  test('with a key that is none are refused', async () => {
    const { lines } = await make(PLAN)
    const header = canonical({ ...parsed(lines[0]), verifiers: ['not a key'] })
    expect(await firstBad(lines.with(0, header))).toMatchObject({ fault: 'malformed', line: 1 })
  })
})

describe('a vote verifier', () => {
  test('sees every entry in order and its answers are counted', async () => {
    const { lines, entries } = await make(PLAN)
    const seen: string[] = []
    const check = await verifyExport(lines, {
      verifyVote: ({ hash, stream }) => {
        seen.push(hash)
        if (stream === 'installation') return 'not_a_vote'
        return stream === 'request:req_1' ? Promise.resolve('verified') : 'unproven'
      },
    })
    expect(seen).toEqual(entries.map(({ hash }) => hash))
    expect(check).toMatchObject({ ok: true, summary: { votes: { verified: 4, unproven: 3 } } })
  })

  test('names the entry of a vote that does not verify', async () => {
    const { lines } = await make(PLAN)
    const verifyVote = ({ ordinal }: HashedEntry) =>
      ordinal === 2 ? { invalid: 'The assertion is for another ticket.' } : 'verified'
    expect(await firstBad(lines, { verifyVote })).toEqual({
      fault: 'vote',
      detail: 'The assertion is for another ticket.',
      stream: 'request:req_1',
      ordinal: 2,
      line: 5,
    })
  })

  test('that fails ends the verification: nothing is taken for verified', async () => {
    const { lines } = await make(PLAN)
    const verifyVote = () => {
      throw new Error('the verifier is broken')
    }
    await expect(verifyExport(lines, { verifyVote })).rejects.toThrow('the verifier is broken')
  })
})
