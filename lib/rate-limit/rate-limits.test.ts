import { afterAll, expect, test } from 'vitest'
import { createDb } from '#lib/db/client'
import { waitWords } from '#lib/wire/wait-words'
import { testDatabase } from '../../test/database'
import { forgetRateLimits, type Knock, openRateLimits } from './rate-limits'

const { url } = await testDatabase()
const [one, other] = [createDb(url), createDb(url)]
afterAll(() => Promise.all([one.$disconnect(), other.$disconnect()]))
const config = { signInPerAddress: 5 }
const [here, there] = [openRateLimits(one, config), openRateLimits(other, config)]

let count = 0
const fresh = (): string => `198.51.${++count}.7`
const knock = (changed: Partial<Knock>): Knock => ({
  door: 'passkey',
  address: fresh(),
  target: null,
  ...changed,
})
const LIMITED = {
  ok: false,
  refusal: {
    code: 'too_many_requests',
    detail: expect.stringMatching(/^Too many attempts\. Try again in \d+ (second|minute)s?\.$/),
    meta: { retry_after_seconds: expect.any(Number) },
  },
}

test('a client that knocks too often is told when to try again, whichever process hears it', async () => {
  const address = fresh()
  for (const limits of [here, there, here, there, here]) {
    expect(await limits.count(knock({ address }))).toEqual({ ok: true, value: undefined })
  }
  expect(await there.count(knock({ address }))).toMatchObject(LIMITED)
  expect(await here.count(knock({ address }))).toMatchObject(LIMITED)
  expect((await here.count(knock({}))).ok).toBe(true)
  expect((await here.count(knock({ address, door: 'link' }))).ok).toBe(true)
})

test('of 30 knocks at once exactly the limit passes', async () => {
  const address = fresh()
  const knocks = Array.from({ length: 30 }, (_, n) =>
    (n % 2 === 0 ? here : there).count(knock({ address })),
  )
  expect((await Promise.all(knocks)).filter(({ ok }) => ok)).toHaveLength(5)
})

test('addresses of one /64 are one client', async () => {
  const addressOf = (n: number) => `2001:db8:1:2::${n.toString(16)}`
  for (let n = 1; n <= 5; n++) await here.count(knock({ address: addressOf(n) }))
  expect(await here.count(knock({ address: addressOf(6) }))).toMatchObject(LIMITED)
  expect((await here.count(knock({ address: '2001:db8:1:3::1' }))).ok).toBe(true)
})

test('recovery codes of one person are limited, and a stranger who tries in their name holds up nobody else', async () => {
  const target = 'mara@osterby.example'
  const stranger = fresh()
  const at = (address: string) => here.count(knock({ door: 'recovery', target, address }))
  for (let n = 0; n < 5; n++) expect((await at(stranger)).ok).toBe(true)
  expect(await at(stranger)).toMatchObject(LIMITED)
  expect((await at(fresh())).ok).toBe(true)
})

test('nobody is kept out by strangers who knock with their passkey from elsewhere', async () => {
  const generous = openRateLimits(one, { signInPerAddress: 1_000 })
  const target = 'credential'
  const stranger = fresh()
  for (let n = 0; n < 15; n++) await generous.count(knock({ address: stranger, target }))
  expect(await generous.count(knock({ address: stranger, target }))).toMatchObject(LIMITED)
  expect((await generous.count(knock({ target }))).ok).toBe(true)
})

test('counts end with their time, and are then swept', async () => {
  const address = fresh()
  await here.count(knock({ address }))
  const key = `passkey/client:${address}`
  expect(await one.rateLimit.findUnique({ where: { key } })).toMatchObject({ points: 1 })
  await forgetRateLimits(one)
  expect(await one.rateLimit.count({ where: { key } })).toBe(1)
  await one.rateLimit.update({ where: { key }, data: { expire: new Date(Date.now() - 1) } })
  await there.count(knock({ address }))
  expect(await one.rateLimit.findUnique({ where: { key } })).toMatchObject({ points: 1 })
  await one.rateLimit.update({ where: { key }, data: { expire: new Date(Date.now() - 1) } })
  await forgetRateLimits(one)
  expect(await one.rateLimit.count({ where: { key } })).toBe(0)
})

test('what cannot be counted is not let in', async () => {
  const down = createDb('postgresql://nobody@127.0.0.1:1/nowhere', { connectTimeoutMs: 500 })
  await expect(openRateLimits(down, config).count(knock({}))).rejects.toThrow()
  await down.$disconnect()
})

test.each([
  [1, '1 second'],
  [60, '60 seconds'],
  [61, '2 minutes'],
  [300, '5 minutes'],
])('%i s is told as %s', (seconds, words) => {
  expect(waitWords(seconds)).toBe(words)
})
