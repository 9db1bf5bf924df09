import { beforeEach, expect, test } from 'vitest'
import { createPerson } from '#lib/commands/directory/create-person'
import { peopleQuery } from '#lib/wire/people'
import { testDatabase } from '../../../test/database'
import { SLACK_ENV, slackRows } from '../../../test/slack-rows'
import { must, world } from '../../../test/world'
import { peopleView } from './people-view'

const { url } = await testDatabase()
const w = await world(url, { env: SLACK_ENV })
const { db } = w.runtime
const rows = slackRows(w)

const view = (address: Record<string, string> = {}, viewer = w.owner, roles = ['admin']) =>
  peopleView(
    w.runtime,
    { personId: viewer.id, roles, method: 'passkey' },
    peopleQuery.parse(address),
  )
const names = async (address: Record<string, string> = {}) =>
  (await view(address)).rows.map(({ name }) => name)

beforeEach(() => rows.clear())

test('everybody is listed by name with roles, groups, factors and Slack user', async () => {
  await rows.workspace()
  await rows.link(w.mara.id, 'mara')
  await rows.link(w.aiko.id, 'aiko', 'T0ELSEWHERE')
  await db.passkey.create({
    data: {
      id: w.runtime.newId('pky'),
      personId: w.mara.id,
      credentialId: 'x',
      publicKey: Buffer.from(''),
      counter: 0,
      transports: [],
      name: 'Laptop',
    },
  })
  const shown = await view({ q: 'a' })
  expect(shown).toMatchObject({ hasSlack: true, canUnlink: true, nextAfter: null })
  expect(await names()).toEqual([
    'Aiko Mori',
    'Ines Carvalho',
    'Jonas Weber',
    'Mara Lindqvist',
    'Tomás Rey',
  ])
  const mara = shown.rows.find(({ id }) => id === w.mara.id)
  expect(mara).toMatchObject({
    isActive: true,
    isViewer: false,
    roles: ['Release manager', 'Approver'],
    factorCount: 1,
    waitingFactorCount: 1,
    slack: { userName: 'mara', userId: 'U0MARA', workspace: 'Osterby' },
  })
  expect(mara?.groups.map(({ label }) => label)).toContain('release managers')
  const aiko = shown.rows.find(({ id }) => id === w.aiko.id)
  expect(aiko?.slack?.workspace).toBe('T0ELSEWHERE')
  expect(shown.rows.find(({ id }) => id === w.owner.id)?.isViewer).toBe(true)
})

test('a membership that has ended is not shown, one that will says when', async () => {
  const ends = new Date(Date.now() + 60_000)
  await db.groupMember.updateMany({ where: { personId: w.ines.id }, data: { expiresAt: ends } })
  const groups = async () => (await view({ q: 'ines' })).rows[0]?.groups
  expect((await groups())?.map(({ endsAt }) => endsAt)).toEqual(
    Array.from({ length: 3 }, () => ends.toISOString()),
  )
  await db.groupMember.updateMany({
    where: { personId: w.ines.id },
    data: { expiresAt: new Date(Date.now() - 1_000) },
  })
  expect(await groups()).toEqual([])
})

test('who has no Slack user, and who left, are lists of their own', async () => {
  await rows.link(w.mara.id, 'mara')
  await db.person.update({ where: { id: w.ines.id }, data: { active: false } })
  expect(await names({ view: 'unlinked' })).toEqual(['Aiko Mori', 'Jonas Weber', 'Tomás Rey'])
  expect(await names({ view: 'gone' })).toEqual(['Ines Carvalho'])
  expect((await view()).tabCounts).toEqual({ active: 4, unlinked: 3, gone: 1 })
  await db.person.update({ where: { id: w.ines.id }, data: { active: true } })
})

test('the search is of names and addresses, and of exactly what was typed', async () => {
  expect(await names({ q: 'LINDQ' })).toEqual(['Mara Lindqvist'])
  const { email } = await db.person.findUniqueOrThrow({ where: { id: w.aiko.id } })
  expect(await names({ q: email })).toEqual(['Aiko Mori'])
  expect(await names({ q: '_ara' })).toEqual([])
  expect(await names({ q: '%' })).toEqual([])
})

test('only an admin may unlink others', async () => {
  expect((await view({}, w.mara, ['release_manager'])).canUnlink).toBe(false)
})

test('many people are paged, those of the same name too', async () => {
  for (let at = 0; at < 60; at++) {
    const person = { name: 'Zoe Alm', email: `zoe${at}@osterby.example`, roles: [] }
    must(await createPerson(w.runtime, { ...person, byPersonId: null }))
  }
  const first = await view({ q: 'zoe' })
  const second = await view({ q: 'zoe', after: first.nextAfter ?? '' })
  const ids = [...first.rows, ...second.rows].map(({ id }) => id)
  expect(first.rows).toHaveLength(50)
  expect(second.nextAfter).toBeNull()
  expect(new Set(ids).size).toBe(60)
})
