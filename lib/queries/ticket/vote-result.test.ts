import { describe, expect, it } from 'vitest'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import { castVote } from '#lib/commands/vote/cast-vote'
import type { Prose } from '#lib/wire/views/common'
import { testDatabase } from '../../../test/database'
import { approve, must, shownDigest, submit, world } from '../../../test/world'
import { refusedVote } from './refused-vote'
import { ticketView } from './ticket-view'
import { voteResult } from './vote-result'

const { url } = await testDatabase()
const w = await world(url)

/** A sentence without its faces; `#` stands for a time. */
function said(prose: Prose): string {
  return prose.map((run) => (typeof run === 'string' ? run : textOf(run))).join('')
}

function textOf(run: Exclude<Prose[number], string>): string {
  return 'text' in run ? run.text : '#'
}

async function resultFor(viewer: { id: string }, requestId: string, deed: 'signed' | 'rejected') {
  const { tone, lead, text } = await voteResult(w.runtime, {
    requestId,
    viewerId: viewer.id,
    deed,
  })
  return { tone, lead: said(lead), text: said(text) }
}

async function endOf(viewer: { id: string }, requestId: string): Promise<string> {
  const view = await ticketView(w.runtime, { requestId, viewerId: viewer.id })
  return said(view?.vote.ended?.lead ?? [])
}

describe('what a vote did', () => {
  it('is told as signed and still held, with what is missing, while something is', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    const told = await resultFor(w.mara, requestId, 'signed')
    expect(told).toMatchObject({ tone: 'hold', lead: 'Signed, still held.' })
    expect(told.text).toMatch(/^No rollback plan is on file\./)
    const view = await ticketView(w.runtime, { requestId, viewerId: w.mara.id })
    expect(view?.vote).toMatchObject({ tally: { counted: 1, needed: 1 }, ended: null })
  })

  it('names who rejected and when, and calls the one who did it you', async () => {
    const requestId = await submit(w)
    const reviewDigest = await shownDigest(w.runtime, requestId)
    const vote = { requestId, personId: w.tomas.id, choice: 'reject', channel: 'web' } as const
    const why = { mfa: null, note: null, reason: 'not_now' } as const
    must(await castVote(w.runtime, { ...vote, reviewDigest, ...why }))
    expect((await resultFor(w.tomas, requestId, 'rejected')).lead).toBe(
      'Rejected by you at #, nothing will run.',
    )
    expect(await endOf(w.mara, requestId)).toBe(
      `Rejected by ${w.tomas.name} at #, nothing will run.`,
    )
  })

  it('is told apart from an end that nobody said no to', async () => {
    const requestId = await submit(w)
    const by = { kind: 'person', id: w.owner.id } as const
    must(await cancelRequest(w.runtime, { requestId, actor: by, reason: null }))
    expect(await endOf(w.mara, requestId)).toBe(`Cancelled by ${w.owner.name} at #, nothing ran.`)
  })
})

it('a wrong code is told with the tries that are left, and the last one with until when and who unlocks', async () => {
  const requestId = await submit(w)
  const reviewDigest = await shownDigest(w.runtime, requestId)
  const mfa = { kind: 'totp', code: '000000' } as const
  const told: string[] = []
  for (let tries = 0; tries < 5; tries += 1) {
    const vote = { requestId, personId: w.aiko.id, reviewDigest, mfa, note: null, reason: null }
    const done = await castVote(w.runtime, { ...vote, choice: 'approve', channel: 'web' })
    if (done.ok) throw new Error('A wrong code was taken')
    const { refusal } = done
    const words = await refusedVote(w.runtime, { requestId, viewerId: w.aiko.id, refusal })
    told.push(words.codeFault ?? `${words.title}: ${said(words.text)}`)
  }
  expect(told[0]).toContain('4 tries are left')
  expect(told[3]).toContain('1 try is left')
  expect(told[4]).toMatch(/^Codes are locked: Too many did not match\. They work again at # \S+\./u)
})
