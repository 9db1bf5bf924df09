import { describe, expect, it } from 'vitest'
import { testDatabase } from '../../test/database'
import { submit, world } from '../../test/world'
import { changedSince } from './changed-since'

const { url } = await testDatabase()
const w = await world(url)

/** Past the margin that is allowed for a commit. */
const later = () => new Date(Date.now() + 3_000)
const aMinuteAgo = () => new Date(Date.now() - 60_000)
const nobodys = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'

describe('what changed since a page was read or last heard of changes', () => {
  it('is told by the ids of the requests, each once, and nothing where nothing happened', async () => {
    const [first, second] = [await submit(w), await submit(w)]
    const missed = await changedSince(w.runtime, { requestId: null, since: aMinuteAgo() })
    expect(missed.isAll).toBe(false)
    expect(missed.requestIds.sort()).toEqual([first, second].sort())
    const none = await changedSince(w.runtime, { requestId: null, since: later() })
    expect(none).toMatchObject({ isAll: false, requestIds: [] })
  })

  it('is asked of one request alone where the page is about one', async () => {
    const requestId = await submit(w)
    const told = async (id: string, since: Date) =>
      (await changedSince(w.runtime, { requestId: id, since })).requestIds
    expect(await told(requestId, aMinuteAgo())).toEqual([requestId])
    expect(await told(requestId, later())).toEqual([])
    expect(await told(nobodys, aMinuteAgo())).toEqual([])
  })

  it('counts from where the last answer ended: what commits after it is told by the next', async () => {
    const { readAt } = await changedSince(w.runtime, { requestId: null, since: null })
    const requestId = await submit(w)
    const next = await changedSince(w.runtime, { requestId: null, since: readAt })
    expect(next.requestIds).toContain(requestId)
  })

  it('is everything when nobody knows since when, or when it is too much to be told one by one', async () => {
    const unknown = await changedSince(w.runtime, { requestId: null, since: null })
    expect(unknown).toMatchObject({ isAll: true, requestIds: [] })
    const yetToCome = new Date(Date.now() + 3_600_000)
    const ahead = await changedSince(w.runtime, { requestId: null, since: yetToCome })
    expect(ahead).toMatchObject({ isAll: true, requestIds: [] })
    for (let at = 0; at < 51; at += 1) await submit(w)
    const many = await changedSince(w.runtime, { requestId: null, since: aMinuteAgo() })
    expect(many).toMatchObject({ isAll: true, requestIds: [] })
  })
})
