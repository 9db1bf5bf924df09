import { beforeEach, describe, expect, test } from 'vitest'
import { listFactors } from '#lib/auth/factors'
import { verifySession } from '#lib/auth/session'
import { checkTotp, TOTP_LOCK_MEMORY_MS, TOTP_LOCKS_MS } from '#lib/auth/totp'
import type { Result } from '#lib/core/result'
import { inTransaction } from '#lib/db/transaction'
import type { FactorProof, StepUpAction } from '#lib/wire/auth'
import type { SoftwarePasskey } from '../../../scripts/lib/software-passkey'
import { accepted, authWorld, enrolSoftwarePasskey, stepUpProof } from '../../../test/auth-world'
import { createSignInLink } from '../session/create-sign-in-link'
import { signIn } from '../session/sign-in'
import { makeRecoveryCodes } from './make-recovery-codes'
import { removeFactor } from './remove-factor'
import { renamePasskey } from './rename-passkey'
import { resetFactors } from './reset-factors'
import { unlockCodes } from './unlock-codes'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const DAY = 86_400_000

let personId: string
let admin: string
let adminPasskey: SoftwarePasskey
let passkey: SoftwarePasskey
let code: (offset?: number) => string

beforeEach(async () => {
  clock.now += DAY
  personId = await world.addPerson()
  passkey = await world.addPasskey(personId)
  code = (await world.addTotp(personId)).code
  admin = await world.addPerson(['admin'])
  adminPasskey = await world.addPasskey(admin)
})

const codeOf = (result: Result<unknown>) => (result.ok ? 'ok' : result.refusal.code)
const eventsTold = () => world.events(`person:${personId}`)
const newsOf = async (id = personId) =>
  (
    await db.announcement.findMany({
      where: { personId: id },
      orderBy: [{ eventSeq: 'asc' }, { audience: 'desc' }],
    })
  ).map(({ audience, text }) => `${audience}: ${text}`)

function tryCode(text: string) {
  const attempt = { personId, method: 'totp', purpose: 'step_up' } as const
  const use = { personId, code: text, confirmedBefore: clock.now, attempt }
  return inTransaction(db, (tx) => checkTotp(runtime, tx, use, clock.now))
}

/** Six digits that no step near now has. */
function wrong(): string {
  const right = new Set([-2, -1, 0, 1, 2].map(code))
  let candidate = 0
  while (right.has(String(candidate).padStart(6, '0'))) candidate += 1
  return String(candidate).padStart(6, '0')
}

async function lockCodes(): Promise<number> {
  for (let n = 0; n < 5; n++) await tryCode(wrong())
  const { lockedUntil } = await db.totp.findUniqueOrThrow({ where: { personId } })
  return (lockedUntil?.getTime() ?? 0) - clock.now
}

async function proofOf(
  id: string,
  passkey: SoftwarePasskey,
  action: StepUpAction['action'] = 'unlock_codes',
  about = personId,
): Promise<FactorProof> {
  return await stepUpProof(runtime, id, passkey, { action, personId: about } as StepUpAction)
}

describe('locks of codes', () => {
  test('grow, are capped at a day, and start over after a month without one', async () => {
    const lengths: number[] = []
    for (let n = 0; n < 7; n++) {
      const length = await lockCodes()
      lengths.push(length)
      clock.now += length
    }
    expect(lengths).toEqual([...TOTP_LOCKS_MS, DAY, DAY])
    clock.now += TOTP_LOCK_MEMORY_MS
    expect(await lockCodes()).toBe(TOTP_LOCKS_MS[0])
  })

  test('grow although a right code came in between: it comes every day', async () => {
    clock.now += await lockCodes()
    expect((await tryCode(code())).ok).toBe(true)
    expect(await lockCodes()).toBe(TOTP_LOCKS_MS[1])
  })

  test('are told to the person and the trail, with how long', async () => {
    await lockCodes()
    expect((await eventsTold()).at(-1)).toMatchObject({
      type: 'totp.locked',
      body: { failed_count: 5, locked_ms: TOTP_LOCKS_MS[0], in_a_row: 1 },
    })
    expect((await newsOf()).slice(-1)).toEqual([
      'person: Codes of your authenticator app were locked for 15 minutes, after five wrong ones. A passkey still works.',
    ])
  })

  test('leave a guesser less than one chance in a hundred in a year', () => {
    let at = 0
    let locks = 0
    while (at < 365 * DAY) at += TOTP_LOCKS_MS[Math.min(locks++, TOTP_LOCKS_MS.length - 1)] ?? DAY
    const chance = 1 - (1 - 3e-6) ** (locks * 5)
    expect(locks).toBe(369)
    expect(chance).toBeLessThan(0.006)
  })
})

describe('unlocking codes', () => {
  const unlock = (by: string, proof: FactorProof | null) =>
    unlockCodes(runtime, { personId, by: { kind: 'person', id: by, proof } })

  test('is done by an admin who proves it, and the person’s stream and the person hear of it', async () => {
    await lockCodes()
    expect(codeOf(await tryCode(code()))).toBe('mfa_locked')
    const proof = await proofOf(admin, adminPasskey)
    expect(accepted(await unlock(admin, proof))).toEqual({ wasLocked: true })
    expect((await eventsTold()).at(-1)).toMatchObject({
      type: 'totp.unlocked',
      actor: { kind: 'person', id: admin },
    })
    expect((await newsOf()).at(-1)).toBe(
      `person: Person ${admin.slice(-4)} unlocked the codes of your authenticator app.`,
    )
    expect((await tryCode(code())).ok).toBe(true)
    expect(await lockCodes()).toBe(TOTP_LOCKS_MS[1])
  })

  test('is not done by the person, a stranger, an admin without proof or factor, or with a proof for somebody else', async () => {
    await lockCodes()
    const stranger = await world.addPerson()
    const theirs = await world.addPasskey(stranger)
    const bare = await world.addPerson(['admin'])
    const other = await world.addPerson()
    expect(codeOf(await unlock(personId, null))).toBe('forbidden')
    await db.person.update({ where: { id: personId }, data: { roles: ['admin'] } })
    expect(codeOf(await unlock(personId, await proofOf(personId, passkey)))).toBe('forbidden')
    expect(codeOf(await unlock(stranger, await proofOf(stranger, theirs)))).toBe('forbidden')
    expect(codeOf(await unlock(admin, null))).toBe('mfa_required')
    expect(codeOf(await unlock(bare, null))).toBe('mfa_required')
    const forOther = await proofOf(admin, adminPasskey, 'unlock_codes', other)
    expect(codeOf(await unlock(admin, forOther))).toBe('mfa_failed')
    const forReset = await proofOf(admin, adminPasskey, 'reset_factors')
    expect(codeOf(await unlock(admin, forReset))).toBe('mfa_failed')
    expect(codeOf(await tryCode(code()))).toBe('mfa_locked')
    expect((await world.events(`person:${stranger}`)).at(-1)).toMatchObject({
      type: 'account.refused',
      body: { action: 'unlock_codes', person: personId },
    })
  })

  test('of what is not locked changes nothing and tells nobody', async () => {
    const before = await eventsTold()
    expect(accepted(await unlock(admin, await proofOf(admin, adminPasskey)))).toEqual({
      wasLocked: false,
    })
    expect(await eventsTold()).toEqual(before)
  })

  test('by several admins at once is told once', async () => {
    await lockCodes()
    const proofs: FactorProof[] = []
    for (let n = 0; n < 4; n++) proofs.push(await proofOf(admin, adminPasskey))
    await Promise.all(proofs.map((proof) => unlock(admin, proof)))
    const told = (await eventsTold()).filter(({ type }) => type === 'totp.unlocked')
    expect(told).toHaveLength(1)
  })
})

describe('resetting factors', () => {
  const reset = (by: string, proof: FactorProof | null) =>
    resetFactors(runtime, { personId, by: { kind: 'person', id: by, proof } })

  test('takes passkeys, app, recovery codes and sessions, and is announced to the person and the alerts channel', async () => {
    const proof = await stepUpProof(runtime, personId, passkey, { action: 'make_recovery_codes' })
    accepted(await makeRecoveryCodes(runtime, { personId, proof }))
    const by = { kind: 'system' } as const
    const link = await createSignInLink(runtime, { personId, purpose: 'sign_in', by })
    const { secret } = accepted(link)
    const session = accepted(await signIn(runtime, { method: 'link', secret, userAgent: null }))
    const done = accepted(await reset(admin, await proofOf(admin, adminPasskey, 'reset_factors')))
    expect(done).toEqual({ factorCount: 2, codeCount: 10, sessionCount: 1 })
    expect(await listFactors(db, personId)).toEqual([])
    expect((await verifySession(db, session.sessionId, clock.now)).ok).toBe(false)
    expect((await eventsTold()).slice(-3).map(({ type }) => type)).toEqual([
      'factor.removed',
      'factor.removed',
      'factors.reset',
    ])
    const name = `Person ${admin.slice(-4)}`
    expect((await newsOf()).slice(-2)).toEqual([
      expect.stringMatching(new RegExp(`^person: ${name} reset your factors`)),
      expect.stringMatching(new RegExp(`^alerts: ${name} reset the factors of Person `)),
    ])
    const again = await enrolSoftwarePasskey(runtime, personId, null)
    expect(again.isConfirmed).toBe(false)
  })

  test('ends the sign-in links that nobody has used yet', async () => {
    const by = { kind: 'system' } as const
    const { secret } = accepted(
      await createSignInLink(runtime, { personId, purpose: 'sign_in', by }),
    )
    accepted(await reset(admin, await proofOf(admin, adminPasskey, 'reset_factors')))
    const tried = await signIn(runtime, { method: 'link', secret, userAgent: null })
    expect(codeOf(tried)).toBe('unauthenticated')
    const later = await createSignInLink(runtime, { personId, purpose: 'sign_in', by })
    const method = { method: 'link', secret: accepted(later).secret } as const
    expect(codeOf(await signIn(runtime, { ...method, userAgent: null }))).toBe('ok')
  })

  test('is never done to oneself, by whoever is no admin, or without a proof for this person', async () => {
    const stranger = await world.addPerson()
    const theirs = await world.addPasskey(stranger)
    const own = await proofOf(admin, adminPasskey, 'reset_factors', admin)
    const onSelf = { personId: admin, by: { kind: 'person', id: admin, proof: own } } as const
    expect(codeOf(await resetFactors(runtime, onSelf))).toBe('forbidden')
    expect(codeOf(await reset(stranger, await proofOf(stranger, theirs, 'reset_factors')))).toBe(
      'forbidden',
    )
    expect(codeOf(await reset(admin, null))).toBe('mfa_required')
    expect(codeOf(await reset(admin, await proofOf(admin, adminPasskey)))).toBe('mfa_failed')
    expect(await listFactors(db, personId)).toHaveLength(2)
    expect(await listFactors(db, admin)).toHaveLength(1)
  })
})

test('a passkey is called something else by its own person, and the trail says so', async () => {
  const [factor] = await listFactors(db, personId)
  if (factor?.ref.kind !== 'passkey') throw new Error('The passkey is on file')
  const passkeyId = factor.ref.id
  accepted(await renamePasskey(runtime, { personId, passkeyId, name: 'Blue key' }))
  accepted(await renamePasskey(runtime, { personId, passkeyId, name: 'Blue key' }))
  expect((await listFactors(db, personId))[0]?.name).toBe('Blue key')
  const told = (await eventsTold()).filter(({ type }) => type === 'passkey.renamed')
  expect(told).toHaveLength(1)
  const stolen = await renamePasskey(runtime, { personId: admin, passkeyId, name: 'Mine' })
  expect(codeOf(stolen)).toBe('not_found')
})

test('each change of factors is announced once, with the event it tells of', async () => {
  const [factor] = await listFactors(db, admin)
  if (factor === undefined) throw new Error('The passkey is on file')
  const action = { action: 'remove_factor', factor: factor.ref } as const
  const proof = await stepUpProof(runtime, admin, adminPasskey, action)
  accepted(await removeFactor(runtime, { actorId: admin, factor: factor.ref, proof }))
  const rows = await db.announcement.findMany({ where: { personId: admin } })
  const events = await db.event.findMany({
    where: { seq: { in: rows.map(({ eventSeq }) => eventSeq) } },
  })
  expect(events.map(({ stream }) => stream)).toEqual(rows.map(() => `person:${admin}`))
  expect(rows.at(-1)?.text).toBe('A passkey was removed from your account.')
})
