import { describe, expect, it } from 'vitest'
import { inboxQuery } from '#lib/wire/inbox'
import { testDatabase } from '../../../test/database'
import { submit, world } from '../../../test/world'
import { inboxView } from './inbox-view'

const { url } = await testDatabase()
const w = await world(url)
const { db } = w.runtime

const COUNT = 330
const START = Date.UTC(2026, 2, 16, 10)

/** Requests in every state at few different times, so that many stand at one; the same times on every run. */
async function fill(): Promise<void> {
  const states = ['open', 'open', 'released', 'rejected', 'denied', 'expired']
  const model = await submit(w)
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const other = Array.from({ length: COUNT }, () => ({
    id: w.runtime.newId('req'),
    state: states[random(states.length)] ?? 'open',
    submitted_at: new Date(START + random(12) * 1_000).toISOString(),
    deadline_at: new Date(START + random(9) * 60_000).toISOString(),
  }))
  await db.$executeRawUnsafe(COPY, model, JSON.stringify(other))
}
const COPY = `
INSERT INTO requests SELECT (jsonb_populate_record(r, other)).*
FROM requests r, jsonb_array_elements($2::jsonb) other WHERE r.id = $1`
await fill()

interface Walk {
  pages: string[][]
  back: string[][]
}

/** Every page from the first to the last, and the way back. */
async function walk(viewerId: string, address: Record<string, string>): Promise<Walk> {
  const read = async (cursor: string) => {
    const inbox = await inboxView(w.runtime, viewerId, inboxQuery.parse({ ...address, cursor }))
    const ids = inbox.sections.flatMap(({ rows }) => rows.map(({ requestId }) => requestId))
    return { ids, next: inbox.nextCursor, back: inbox.backCursor }
  }
  const pages: string[][] = []
  const back: string[][] = []
  let page = await read('')
  expect(page.back).toBeNull()
  pages.push(page.ids)
  while (page.next !== null && pages.length < 20) {
    page = await read(page.next)
    pages.push(page.ids)
  }
  back.push(page.ids)
  while (page.back !== null && back.length < 20) {
    page = await read(page.back)
    back.unshift(page.ids)
  }
  return { pages, back }
}

interface Row {
  id: string
  state: string
  submittedAt: Date
  deadlineAt: Date | null
}

const orders: Record<string, (a: Row, b: Row) => number> = {
  deadline: (a, b) => Number(a.deadlineAt) - Number(b.deadlineAt) || byId(a, b),
  oldest: (a, b) => Number(a.submittedAt) - Number(b.submittedAt) || byId(a, b),
  newest: (a, b) => Number(b.submittedAt) - Number(a.submittedAt) || byId(b, a),
}

function byId(a: Row, b: Row): number {
  return a.id < b.id ? -1 : 1
}

const select = { id: true, state: true, submittedAt: true, deadlineAt: true } as const
const rows = await db.request.findMany({ select })

const isOpen = ({ state }: Row) => state === 'open'
const lists = [
  // Ines approves no release: for her everything open waits for others, and for Mara it needs her.
  { view: 'open', viewer: w.ines, isIn: isOpen, sorts: ['deadline', 'newest', 'oldest'] },
  { view: 'needs_me', viewer: w.mara, isIn: isOpen, sorts: ['deadline', 'newest', 'oldest'] },
  { view: 'closed', viewer: w.mara, isIn: (row: Row) => !isOpen(row), sorts: ['newest', 'oldest'] },
  { view: 'all', viewer: w.mara, isIn: () => true, sorts: ['newest', 'oldest'] },
  { view: 'mine', viewer: w.owner, isIn: () => true, sorts: ['newest', 'oldest'] },
] as const

describe('pages one after the other are the whole list in its order, each request once, and the way back is the same', () => {
  const cases = lists.flatMap((list) => list.sorts.map((sort) => ({ ...list, sort })))
  it.each(cases)('$view, $sort', async ({ view, viewer, isIn, sort }) => {
    const { pages, back } = await walk(viewer.id, { view, sort })
    const expected = rows
      .filter(isIn)
      .sort(orders[sort])
      .map(({ id }) => id)
    expect(expected.length).toBeGreaterThan(50)
    expect(pages.flat()).toEqual(expected)
    expect(back).toEqual(pages)
    expect(pages.slice(0, -1).every(({ length }) => length === 50)).toBe(true)
  })

  it('also narrowed to a state, by its deadline', async () => {
    const { pages } = await walk(w.mara.id, { view: 'all', state: 'open', sort: 'deadline' })
    const expected = rows
      .filter(isOpen)
      .sort(orders['deadline'])
      .map(({ id }) => id)
    expect(pages.flat()).toEqual(expected)
  })
})

it('a request that ends between two pages moves no other: none is shown twice, none is left out', async () => {
  const first = await inboxView(w.runtime, w.ines.id, inboxQuery.parse({ view: 'open' }))
  const shown = first.sections[0]?.rows.map(({ requestId }) => requestId) ?? []
  const gone = shown[10] ?? ''
  await db.request.update({ where: { id: gone }, data: { state: 'expired' } })
  const cursor = first.nextCursor ?? ''
  const second = await inboxView(w.runtime, w.ines.id, inboxQuery.parse({ view: 'open', cursor }))
  const rest = second.sections[0]?.rows.map(({ requestId }) => requestId) ?? []
  const expected = rows
    .filter(isOpen)
    .sort(orders['deadline'])
    .map(({ id }) => id)
  expect([...shown, ...rest]).toEqual(expected.slice(0, shown.length + rest.length))
  await db.request.update({ where: { id: gone }, data: { state: 'open' } })
})
