import { expect, test } from 'vitest'
import { testDatabase } from '../../../test/database'
import { world } from '../../../test/world'
import { clockDifference, healthView } from './health-view'
import { settingsView } from './settings-view'

const { url } = await testDatabase()
const w = await world(url)

const partOf = async (what: string, runtime = w.runtime) =>
  (await healthView(runtime)).find((one) => one.what === what)

test('two clocks differ by what the way to the database cannot hide', () => {
  expect(clockDifference(1_050, { asked: 1_000, answered: 1_100 })).toBe(0)
  expect(clockDifference(5_100, { asked: 1_000, answered: 1_100 })).toBe(4_000)
  expect(clockDifference(400, { asked: 1_000, answered: 1_100 })).toBe(-600)
})

test('a clock that is far from the database’s is told, with what to do', async () => {
  expect(await partOf('Clock')).toMatchObject({ state: 'good' })
  const late = { ...w.runtime, now: () => Date.now() - 60_000 }
  const told = await partOf('Clock', late)
  expect(told).toMatchObject({ state: 'bad' })
  expect(told?.detail).toContain('ahead of')
})

test('input that no worker takes is told', async () => {
  expect(await partOf('Queue')).toMatchObject({ state: 'good', said: 'In PostgreSQL' })
  const at = new Date(Date.now() - 120_000)
  await w.runtime.db.outbox.create({
    data: { topic: 'evaluate', requestId: 'req_1', cause: 'test', createdAt: at },
  })
  expect(await partOf('Queue')).toMatchObject({ state: 'bad' })
})

test('what is not set up is no fault, and the schema says where it is', async () => {
  expect(await partOf('Slack')).toMatchObject({ state: 'none' })
  expect(await partOf('Mail')).toMatchObject({ state: 'none' })
  const database = await partOf('Database')
  expect(database?.state).toBe('good')
  expect(database?.detail).toMatch(/\d+ MB, \d+ migrations, the last 0\d{3}_/)
})

test('settings tell the keys without their private parts, and the calendars as they are now', async () => {
  const view = await settingsView(w.runtime, { personId: w.owner.id, method: 'passkey' })
  expect(view.keys.map(({ keys }) => keys.map(({ standing }) => standing))).toEqual([
    ['in_use'],
    ['in_use'],
  ])
  expect(JSON.stringify(view)).not.toMatch(/sealedPrivate|"d":/)
  expect(view).toMatchObject({ evidenceDays: null, dueCount: 0, dualControlAt: null })
  expect(view.calendars[0]).toMatchObject({ isOpen: true })
  expect(view.ways).toEqual({ passkey: false, code: true })
})
