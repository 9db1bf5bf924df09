import { beforeAll, describe, expect, it } from 'vitest'
import { verifyTrail } from '#lib/core/audit/verify-trail'
import { canonical } from '#lib/core/contract/canonical'
import { digestOfText } from '#lib/core/contract/digest'
import type { JsonObject } from '#lib/core/contract/json'
import { tellTrail } from '../sdk/cli/audit/tell-trail'
import { testDatabase } from '../test/database'
import {
  closedAnew,
  type Draft,
  entriesOf,
  firstBad,
  parsed,
  rewritten,
} from '../test/record-lines'
import { placeOf, records } from '../test/records'
import { world } from '../test/world'

const { url } = await testDatabase()
const w = await world(url)
const { told, good, open } = await records(w)

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
