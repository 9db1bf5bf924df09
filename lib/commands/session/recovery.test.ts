import { beforeEach, describe, expect, test } from 'vitest'
import { newRecoveryCode, readRecoveryCode } from '#lib/auth/recovery-code'
import { TOTP_SEAL_PURPOSE } from '#lib/auth/totp'
import { codeOfStep, totpStep } from '#lib/auth/totp-code'
import { checkVoteMfa } from '#lib/auth/vote-mfa'
import { inTransaction } from '#lib/db/transaction'
import { type FactorProof, factorProof, signInForm } from '#lib/wire/auth'
import { createSoftwarePasskey, type SoftwarePasskey } from '../../../scripts/lib/software-passkey'
import {
  accepted,
  authWorld,
  enrolSoftwarePasskey,
  REVIEW,
  stepUpProof,
} from '../../../test/auth-world'
import { acknowledge } from '../announcement/acknowledge'
import { confirmFactor } from '../factor/confirm-factor'
import { confirmTotp } from '../factor/confirm-totp'
import { enrolPasskey } from '../factor/enrol-passkey'
import { enrolTotp } from '../factor/enrol-totp'
import { makeRecoveryCodes } from '../factor/make-recovery-codes'
import { resetFactors } from '../factor/reset-factors'
import { startPasskeyEnrolment } from '../factor/start-passkey-enrolment'
import { signIn } from './sign-in'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const REFUSED = {
  ok: false,
  refusal: { code: 'unauthenticated', detail: 'The address or the code was not accepted.' },
}
const MAKE = { action: 'make_recovery_codes' } as const

let personId: string
let email: string
let passkey: SoftwarePasskey
let codes: string[]

async function made(id: string, key: SoftwarePasskey): Promise<string[]> {
  const proof = await stepUpProof(runtime, id, key, MAKE)
  return accepted(await makeRecoveryCodes(runtime, { personId: id, proof })).codes
}
const addressOf = async (id: string) => (await db.person.findUniqueOrThrow({ where: { id } })).email
const by = (code: string | undefined, address = email) =>
  signIn(runtime, { method: 'recovery', email: address, code: code ?? '', userAgent: 'test' })
const typesTold = async () => (await world.events(`person:${personId}`)).map(({ type }) => type)

beforeEach(async () => {
  clock.now += 600_000
  personId = await world.addPerson()
  email = await addressOf(personId)
  passkey = await world.addPasskey(personId)
  codes = await made(personId, passkey)
})

describe('a recovery code', () => {
  test('is one of ten of 100 bits, in groups, without letters that are read for digits', () => {
    expect(new Set(codes).size).toBe(10)
    for (const code of codes)
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]{4}$/)
    const letters = new Set<string>()
    for (let byte = 0; byte < 256; byte++) {
      letters.add(newRecoveryCode((length) => new Uint8Array(length).fill(byte)).charAt(0))
    }
    expect(letters.size).toBe(32)
  })

  test('signs its person in, once, and the session says by what', async () => {
    const { sessionId, ...started } = accepted(await by(codes[0]))
    expect(started.personId).toBe(personId)
    const row = await db.session.findUniqueOrThrow({ where: { id: sessionId } })
    expect(row.method).toBe('recovery')
    expect(await by(codes[0])).toMatchObject(REFUSED)
    expect((await by(codes[1])).ok).toBe(true)
    expect((await typesTold()).slice(-5)).toEqual([
      'recovery_code.used',
      'session.started',
      'sign_in.refused',
      'recovery_code.used',
      'session.started',
    ])
  })

  test('is read as people type it: case, spaces, other dashes, O for 0, I and L for 1', async () => {
    const code = codes[0] ?? ''
    const variants = [
      code.toLowerCase(),
      code.replaceAll('-', ''),
      ` ${code.replaceAll('-', ' ')} `,
      code.replaceAll('-', '–'),
      code.replaceAll('0', 'o').replaceAll('1', 'l'),
      code.replaceAll('1', 'I'),
    ]
    for (const variant of variants) {
      expect(readRecoveryCode(variant)).toBe(code.replaceAll('-', ''))
    }
    expect((await by(variants[4])).ok).toBe(true)
    for (const odd of ['', '-', `${code}0`, code.slice(1), code.replace(/^./, 'U'), `${code}\0`]) {
      expect(readRecoveryCode(odd)).toBeNull()
      expect(await by(odd)).toMatchObject(REFUSED)
    }
  })

  test('takes the address in any case, and no pattern for one', async () => {
    expect((await by(codes[0], email.toUpperCase())).ok).toBe(true)
    expect(await by(codes[1], '%')).toMatchObject(REFUSED)
    expect(await by(codes[1], email.replace(/^./, '_'))).toMatchObject(REFUSED)
  })

  test('of 20 parallel uses signs in once', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => by(codes[0])))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await db.session.count({ where: { personId } })).toBe(1)
    expect(await db.recoveryCode.count({ where: { personId, usedAt: null } })).toBe(9)
  })

  test('of somebody else, of an older set, of a reset or deactivated person is refused in the same words', async () => {
    const other = await world.addPerson()
    const theirs = await made(other, await world.addPasskey(other))
    expect(await by(theirs[0])).toMatchObject(REFUSED)
    expect(await by(codes[0], await addressOf(other))).toMatchObject(REFUSED)
    expect(await by('0000-0000-0000-0000-0000')).toMatchObject(REFUSED)
    expect(await by(codes[0], 'nobody@osterby.example')).toMatchObject(REFUSED)
    const newer = await made(personId, passkey)
    expect(await by(codes[0])).toMatchObject(REFUSED)
    await db.person.update({ where: { id: personId }, data: { active: false } })
    expect(await by(newer[0])).toMatchObject(REFUSED)
    await db.person.update({ where: { id: personId }, data: { active: true } })
    accepted(await resetFactors(runtime, { personId, by: { kind: 'system' } }))
    expect(await by(newer[0])).toMatchObject(REFUSED)
    expect(await db.session.count({ where: { method: 'recovery', personId } })).toBe(0)
  })

  test('that nobody was given is told on no stream', async () => {
    const before = await db.event.count()
    await by('0000-0000-0000-0000-0000')
    expect(await db.event.count()).toBe(before)
  })

  test('rests as a hash alone, and is in no event or announcement', async () => {
    await by(codes[0])
    const rest = JSON.stringify([
      await db.recoveryCode.findMany(),
      await world.events(`person:${personId}`),
      (await db.announcement.findMany({ where: { personId } })).map(({ text }) => text),
    ])
    for (const code of codes) {
      expect(rest).not.toContain(code)
      expect(rest).not.toContain(code.replaceAll('-', ''))
    }
  })
})

describe('a recovery code proves nothing', () => {
  test('no form takes one for a factor', () => {
    const code = codes[0] ?? ''
    for (const odd of [
      { kind: 'totp', code },
      { kind: 'totp', code: code.replaceAll(/\D/g, '').slice(0, 6).padEnd(7, '1') },
      { kind: 'recovery', code },
      { kind: 'passkey', assertion: code },
    ]) {
      expect(factorProof.safeParse(odd).success).toBe(false)
    }
    expect(signInForm.safeParse({ method: 'recovery', email, code }).success).toBe(true)
    expect(signInForm.safeParse({ method: 'recovery', email, code: 'x'.repeat(65) }).success).toBe(
      false,
    )
  })

  test('no vote, also where it is handed past the forms', async () => {
    await world.addTotp(personId)
    const vote = {
      personId,
      requestId: await world.addTicket(),
      reviewDigest: REVIEW,
      choice: 'approve' as const,
      ticketOpenedAt: clock.now - 60_000,
    }
    const mfa = { kind: 'totp', code: codes[0] ?? '' } as const
    const cast = await inTransaction(db, (tx) =>
      checkVoteMfa(runtime, tx, { ...vote, mfa }, clock.now),
    )
    expect(cast).toMatchObject({ ok: false, refusal: { meta: { reason: 'malformed_code' } } })
    expect(await db.recoveryCode.count({ where: { personId, usedAt: null } })).toBe(10)
  })

  test('no step-up: not for new codes, not for a factor, not for confirming one', async () => {
    await world.addTotp(personId)
    const proof: FactorProof = { kind: 'totp', code: codes[0] ?? '' }
    const other = await world.addPerson()
    const pending = await enrolSoftwarePasskey(runtime, other, null)
    const factor = { kind: 'passkey', id: pending.id } as const
    const tried = [
      await makeRecoveryCodes(runtime, { personId, proof }),
      await enrolTotp(runtime, { personId, proof }),
      await startPasskeyEnrolment(runtime, { personId, proof }),
      await confirmFactor(runtime, { actorId: personId, factor, proof }),
    ]
    expect(tried.filter(({ ok }) => ok)).toEqual([])
  })
})

describe('a session that a recovery code began', () => {
  async function addedInRecovery(): Promise<{ passkey: SoftwarePasskey; isConfirmed: boolean }> {
    const { options } = accepted(
      await startPasskeyEnrolment(runtime, { personId, proof: null, isRecovery: true }),
    )
    const added = createSoftwarePasskey(runtime.config.publicUrl)
    const response = added.register(options)
    const enrolled = accepted(await enrolPasskey(runtime, { personId, name: 'New', response }))
    return { passkey: added, isConfirmed: enrolled.isConfirmed }
  }

  test('adds a factor that a second human has to confirm, although an old one is still on file', async () => {
    expect((await addedInRecovery()).isConfirmed).toBe(false)
    expect(await startPasskeyEnrolment(runtime, { personId, proof: null })).toMatchObject({
      ok: false,
      refusal: { code: 'mfa_required' },
    })
  })

  test('does not replace an authenticator app that is confirmed', async () => {
    await world.addTotp(personId)
    const started = await enrolTotp(runtime, { personId, proof: null, isRecovery: true })
    expect(started).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
  })

  test('does not replace one that was confirmed after it had begun', async () => {
    const begun = accepted(await enrolTotp(runtime, { personId, proof: null, isRecovery: true }))
    await world.addTotp(personId)
    const row = await db.challenge.findUniqueOrThrow({ where: { id: begun.enrolmentId } })
    const { sealedSecret } = row.payload as { sealedSecret: string }
    const secret = runtime.sealer.open(TOTP_SEAL_PURPOSE, personId, sealedSecret)
    const code = codeOfStep(secret, totpStep(clock.now))
    const done = await confirmTotp(runtime, { personId, enrolmentId: begun.enrolmentId, code })
    expect(done).toMatchObject({ ok: false, refusal: { code: 'forbidden' } })
    const kept = await db.totp.findUniqueOrThrow({ where: { personId } })
    expect(kept.confirmedAt).not.toBeNull()
  })

  test('does not make the news of an account known', async () => {
    const news = await db.announcement.findFirstOrThrow({ where: { personId, seenAt: null } })
    const known = { personId, ids: [news.id] }
    expect(await acknowledge(runtime, { ...known, isRecovery: true })).toMatchObject({
      ok: false,
      refusal: { code: 'forbidden' },
    })
    const unseen = await db.announcement.findUniqueOrThrow({ where: { id: news.id } })
    expect(unseen.seenAt).toBeNull()
    expect(await acknowledge(runtime, { ...known, isRecovery: false })).toMatchObject({ ok: true })
  })

  test('what it adds cannot vouch for itself: it signs nothing before it was confirmed', async () => {
    const { passkey: added } = await addedInRecovery()
    const proof = await stepUpProof(runtime, personId, passkey, MAKE)
    expect(proof.kind).toBe('passkey')
    const forged = { ...proof, assertion: added.sign({ challenge: 'AAAA' }) } as FactorProof
    expect((await makeRecoveryCodes(runtime, { personId, proof: forged })).ok).toBe(false)
  })
})

describe('making recovery codes', () => {
  test('takes a confirmed factor, and that factor’s proof for exactly this', async () => {
    const bare = await world.addPerson()
    const required = { ok: false, refusal: { code: 'mfa_required' } }
    expect(await makeRecoveryCodes(runtime, { personId: bare, proof: null })).toMatchObject(
      required,
    )
    await enrolSoftwarePasskey(runtime, bare, null)
    expect(await makeRecoveryCodes(runtime, { personId: bare, proof: null })).toMatchObject(
      required,
    )
    expect(await makeRecoveryCodes(runtime, { personId, proof: null })).toMatchObject(required)
    const proof = await stepUpProof(runtime, personId, passkey, { action: 'add_factor' })
    expect(await makeRecoveryCodes(runtime, { personId, proof })).toMatchObject({
      ok: false,
      refusal: { code: 'mfa_failed' },
    })
    expect((await by(codes[0])).ok).toBe(true)
  })

  test('many times at once leaves one set of ten', async () => {
    const proofs: FactorProof[] = []
    for (let n = 0; n < 6; n++) proofs.push(await stepUpProof(runtime, personId, passkey, MAKE))
    const results = []
    for (const result of await Promise.allSettled(
      proofs.map((proof) => makeRecoveryCodes(runtime, { personId, proof })),
    )) {
      if (result.status === 'fulfilled' && result.value.ok) results.push(result.value.value.codes)
    }
    expect(results.length).toBeGreaterThan(0)
    expect(await db.recoveryCode.count({ where: { personId } })).toBe(10)
    const signedIn = []
    for (const set of results) signedIn.push((await by(set[0])).ok)
    expect(signedIn.filter(Boolean)).toHaveLength(1)
  })
})
