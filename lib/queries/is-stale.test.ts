import { expect, it } from 'vitest'
import { testDatabase } from '../../test/database'
import { submit, world } from '../../test/world'
import { isStale } from './is-stale'

const { url } = await testDatabase()
const w = await world(url)

/** Past the margin that is allowed for a commit. */
const later = () => new Date(Date.now() + 3_000)

it('tells a page that was read before a change, and no other', async () => {
  const requestId = await submit(w)
  const readAt = later()
  expect(await isStale(w.runtime, { requestId, readAt })).toBe(false)
  expect(await isStale(w.runtime, { requestId: null, readAt })).toBe(false)
  const before = new Date(Date.now() - 60_000)
  expect(await isStale(w.runtime, { requestId, readAt: before })).toBe(true)
  expect(await isStale(w.runtime, { requestId: null, readAt: before })).toBe(true)
  const nobodys = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'
  expect(await isStale(w.runtime, { requestId: nobodys, readAt: before })).toBe(false)
})
