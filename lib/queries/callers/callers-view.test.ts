import { describe, expect, test } from 'vitest'
import { callersQuery } from '#lib/wire/callers'
import { testDatabase } from '../../../test/database'
import { submit, type World, world } from '../../../test/world'
import { callerView } from './caller-view'
import { callersView } from './callers-view'

const { url } = await testDatabase()
const w: World = await world(url)
const { db } = w.runtime
const OWNER = { personId: w.owner.id, roles: [], method: 'link' }
const ADMIN = { personId: w.tomas.id, roles: ['admin'], method: 'link' }
const STRANGER = { personId: w.mara.id, roles: ['approver'], method: 'link' }

const listed = (viewer: typeof ADMIN, asked = {}) =>
  callersView(w.runtime, viewer, callersQuery.parse(asked))
const opened = (viewer: typeof ADMIN, id = w.callerId) => callerView(w.runtime, viewer, id)

/** Callers as they would stand in the table. */
async function caller(facts: { name: string; kind?: string; active?: boolean; ownerId?: string }) {
  const id = w.runtime.newId('clr')
  await db.caller.create({
    data: {
      id,
      kind: 'agent',
      ownerId: w.aiko.id,
      roles: [],
      environments: [],
      audience: 'x',
      ...facts,
    },
  })
  return id
}

describe('callers', () => {
  test('are shown to who owns them, all of them to admins, and the console’s own to nobody', async () => {
    await caller({ name: 'other-agent' })
    const ownId = await caller({ name: 'console/jonas', kind: 'console', ownerId: w.owner.id })
    const names = async (viewer: typeof ADMIN) =>
      (await listed(viewer)).rows.map(({ name }) => name)
    expect(await names(OWNER)).toEqual(['ci-release'])
    expect(await names(STRANGER)).toEqual([])
    expect(await names(ADMIN)).toEqual(['ci-release', 'other-agent'])
    expect(await opened(STRANGER)).toBeNull()
    expect(await opened({ ...OWNER, roles: ['admin'] }, ownId)).toBeNull()
    expect((await listed(OWNER)).owners).toBeNull()
    expect((await opened(OWNER))?.owners).toBeNull()
  })

  test('tell how many keys work, when one was used last, and that their owner left', async () => {
    const used = new Date('2026-03-01T10:00:00.000Z')
    const { keyId } = w.runtimeKey
    await db.apiKey.update({ where: { id: keyId }, data: { lastUsedAt: used, revokedAt: used } })
    const [row] = (await listed(OWNER)).rows
    expect(row).toMatchObject({
      name: 'ci-release',
      kind: 'ci_job',
      ownerName: 'Jonas Weber',
      hasOwnerLeft: false,
      environments: ['production', 'staging'],
      liveKeyCount: 1,
      lastUsedAt: used.toISOString(),
    })
    const leaver = await caller({ name: 'left-agent', ownerId: w.ines.id })
    await db.person.update({ where: { id: w.ines.id }, data: { active: false } })
    expect((await opened(ADMIN, leaver))?.hasOwnerLeft).toBe(true)
    await db.apiKey.update({ where: { id: keyId }, data: { revokedAt: null } })
  })

  test('are found by their name or their owner’s, and nothing typed is a pattern', async () => {
    const found = async (q: string) => (await listed(ADMIN, { q })).rows.map(({ name }) => name)
    expect(await found('CI-REL')).toEqual(['ci-release'])
    expect(await found('jonas')).toEqual(['ci-release'])
    expect(await found('%')).toEqual([])
  })

  test('that are paused stand in a list of their own', async () => {
    await caller({ name: 'paused-agent', active: false })
    const view = await listed(ADMIN, { view: 'paused' })
    expect(view.rows).toMatchObject([{ name: 'paused-agent', isActive: false }])
    expect(view.tabCounts.paused).toBe(1)
  })

  test('come a page at a time, each once', async () => {
    await db.caller.createMany({
      data: Array.from({ length: 60 }, (_, at) => ({
        id: w.runtime.newId('clr'),
        name: `many-${String(at).padStart(3, '0')}`,
        kind: 'agent',
        ownerId: w.tomas.id,
        roles: [],
        environments: [],
        audience: 'x',
      })),
    })
    const first = await listed(ADMIN, { q: 'many-' })
    const rest = await listed(ADMIN, { q: 'many-', after: first.nextAfter ?? '' })
    const names = [...first.rows, ...rest.rows].map(({ name }) => name)
    expect([names.length, new Set(names).size, rest.nextAfter]).toEqual([60, 60, null])
    expect(names).toEqual([...names].sort())
  })
})

describe('a caller', () => {
  test('shows its keys by what they may, live ones first, and never a secret or its hash', async () => {
    const { keyId } = w.runtimeKey
    const at = new Date()
    await db.apiKey.update({ where: { id: keyId }, data: { revokedAt: at } })
    const view = await opened(OWNER)
    expect(view?.keys).toMatchObject([
      { kind: 'agent', isLive: true, madeByName: 'Jonas Weber', revokedAt: null },
      { kind: 'runtime', isLive: false, revokedAt: at.toISOString() },
    ])
    expect(view?.liveKeyCount).toBe(1)
    const told = JSON.stringify(view)
    const row = await db.apiKey.findUniqueOrThrow({ where: { id: keyId } })
    for (const secret of [w.agent.key, w.runtimeKey.key, row.secretHash]) {
      expect(told).not.toContain(secret)
    }
    await db.apiKey.update({ where: { id: keyId }, data: { revokedAt: null } })
  })

  test('counts what waits and what it submitted in the last minute against its limits', async () => {
    await submit(w)
    expect((await opened(OWNER))?.limits).toEqual({
      openCount: 1,
      mostOpen: 100_000,
      minuteCount: 1,
      mostAMinute: 1_000_000,
    })
  })

  test('lets nobody prove anything in a session that a recovery code began', async () => {
    expect((await opened({ ...OWNER, method: 'recovery' }))?.ways).toEqual({
      passkey: false,
      code: false,
    })
    expect((await opened(OWNER))?.ways).toEqual({ passkey: false, code: true })
  })
})
