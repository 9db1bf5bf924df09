import { beforeEach, describe, expect, test } from 'vitest'
import { generateApiKey, hashSecret } from '#lib/keys/hash-secret'
import { authWorld } from '../../test/auth-world'
import { authenticateCaller, requireScope } from './api-key'
import { secretHash } from './secret-hash'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime

let key: string
let keyId: string
let callerId: string
let ownerId: string
let creatorId: string

beforeEach(async () => {
  ownerId = await world.addPerson()
  creatorId = await world.addPerson()
  callerId = runtime.newId('clr')
  keyId = runtime.newId('key')
  const made = generateApiKey('agent')
  key = made.key
  await db.caller.create({
    data: {
      id: callerId,
      name: callerId,
      kind: 'ci_job',
      ownerId,
      roles: ['release_manager'],
      environments: ['production'],
      audience: 'deploy-runtime',
    },
  })
  await db.apiKey.create({
    data: {
      id: keyId,
      callerId,
      name: 'CI',
      secretHash: made.hash,
      hint: made.hint,
      scopes: ['submit'],
      createdById: creatorId,
    },
  })
})

const call = (header?: string | null) => authenticateCaller(db, header, clock.now)

describe('a bearer key', () => {
  test('names its caller as registered, and the human who made the key', async () => {
    expect(await call(`Bearer ${key}`)).toEqual({
      ok: true,
      value: {
        keyId,
        scopes: ['submit'],
        createdById: creatorId,
        caller: {
          id: callerId,
          name: callerId,
          kind: 'ci_job',
          ownerId,
          roles: ['release_manager'],
          environments: ['production'],
          audience: 'deploy-runtime',
        },
      },
    })
  })

  test('is found by the same hash that keys are stored under', () => {
    expect(secretHash(key)).toBe(hashSecret(key))
  })

  test.each([
    ['no header', () => undefined],
    ['an empty one', () => ''],
    ['another scheme', () => `Basic ${key}`],
    ['the key alone', () => key],
    ['a key never given out', () => `Bearer ${generateApiKey('agent').key}`],
    ['a key with more behind it', () => `Bearer ${key}x`],
    ['two keys', () => `Bearer ${key}, Bearer ${key}`],
    ['the stored hash', () => `Bearer ${secretHash(key)}`],
    ['a very long text', () => `Bearer csk_agent_${'a'.repeat(100_000)}`],
  ])('%s is refused', async (_name, header) => {
    expect(await call(header())).toMatchObject({ ok: false, refusal: { code: 'unauthenticated' } })
  })

  test('is refused on the next call after it was revoked', async () => {
    expect((await call(`Bearer ${key}`)).ok).toBe(true)
    await db.apiKey.update({ where: { id: keyId }, data: { revokedAt: new Date(clock.now) } })
    expect((await call(`Bearer ${key}`)).ok).toBe(false)
  })

  test('is refused from the moment it expires', async () => {
    const expiresAt = new Date(clock.now + 1)
    await db.apiKey.update({ where: { id: keyId }, data: { expiresAt } })
    expect((await call(`Bearer ${key}`)).ok).toBe(true)
    await db.apiKey.update({ where: { id: keyId }, data: { expiresAt: new Date(clock.now) } })
    expect((await call(`Bearer ${key}`)).ok).toBe(false)
  })

  test('is refused on the next call after its caller was deactivated', async () => {
    await db.caller.update({ where: { id: callerId }, data: { active: false } })
    expect((await call(`Bearer ${key}`)).ok).toBe(false)
  })
})

describe('a scope', () => {
  test('lets in only a key that has it', () => {
    expect(requireScope({ scopes: ['submit'] }, 'submit', 'collect').ok).toBe(true)
    expect(requireScope({ scopes: ['submit'] }, 'collect')).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden', meta: { scope: ['collect'] } },
    })
    expect(requireScope({ scopes: [] }, 'submit').ok).toBe(false)
  })
})
