import { beforeEach, describe, expect, test } from 'vitest'
import { listFactors, usableFactors } from '#lib/auth/factors'
import { codeOfStep, totpStep } from '#lib/auth/totp-code'
import type { FactorProof, FactorRef } from '#lib/wire/auth'
import { createSoftwarePasskey, type SoftwarePasskey } from '../../../scripts/lib/software-passkey'
import { accepted, authWorld, enrolSoftwarePasskey, stepUpProof } from '../../../test/auth-world'
import { createSignInLink } from '../session/create-sign-in-link'
import { confirmFactor } from './confirm-factor'
import { confirmTotp } from './confirm-totp'
import { enrolPasskey } from './enrol-passkey'
import { enrolTotp } from './enrol-totp'
import { removeFactor } from './remove-factor'
import { startPasskeyEnrolment } from './start-passkey-enrolment'
import { startStepUp } from './start-step-up'

const world = await authWorld()
const { runtime, clock } = world
const { db } = runtime
const MINUTE = 60_000

let personId: string

beforeEach(async () => {
  clock.now += 10 * MINUTE
  // Each test has an installation of its own: nobody of an earlier one is left to confirm anything.
  await db.person.updateMany({ data: { active: false } })
  personId = await world.addPerson()
})

const codeOf = (secret: string, offset = 0) =>
  codeOfStep(fromBase32(secret), totpStep(clock.now) + offset)
const reasonOf = (result: { ok: boolean; refusal?: { code: string } }) => result.refusal?.code

async function enrolApp(id: string, proof: FactorProof | null = null) {
  const offered = accepted(await enrolTotp(runtime, { personId: id, proof }))
  const { enrolmentId, secret } = offered
  const input = { personId: id, enrolmentId, code: codeOf(secret) }
  return { ...offered, ...accepted(await confirmTotp(runtime, input)) }
}

async function typesTold(id = personId): Promise<string[]> {
  return (await world.events(`person:${id}`)).map(({ type }) => type)
}

describe('an authenticator app', () => {
  test('is no factor until a right code was typed back', async () => {
    const { enrolmentId, secret } = accepted(await enrolTotp(runtime, { personId, proof: null }))
    expect(await listFactors(db, personId)).toEqual([])
    const wrong = codeOf(secret) === '000000' ? '000001' : '000000'
    expect(reasonOf(await confirmTotp(runtime, { personId, enrolmentId, code: wrong }))).toBe(
      'mfa_failed',
    )
    const seven = `${codeOf(secret)}0`
    expect(reasonOf(await confirmTotp(runtime, { personId, enrolmentId, code: seven }))).toBe(
      'mfa_failed',
    )
    const code = codeOf(secret)
    expect((await confirmTotp(runtime, { personId, enrolmentId, code })).ok).toBe(true)
    expect(await listFactors(db, personId)).toMatchObject([
      { ref: { kind: 'totp', personId }, confirmedAt: null },
    ])
  })

  test('is confirmed by typing once, by its own person, in time', async () => {
    const stranger = await world.addPerson()
    const { enrolmentId, secret } = accepted(await enrolTotp(runtime, { personId, proof: null }))
    const code = codeOf(secret)
    expect((await confirmTotp(runtime, { personId: stranger, enrolmentId, code })).ok).toBe(false)
    expect((await confirmTotp(runtime, { personId, enrolmentId, code })).ok).toBe(true)
    expect(
      (await confirmTotp(runtime, { personId, enrolmentId, code: codeOf(secret, 1) })).ok,
    ).toBe(false)
    const late = accepted(await enrolTotp(runtime, { personId, proof: null }))
    clock.now += 10 * MINUTE
    const input = { personId, enrolmentId: late.enrolmentId, code: codeOf(late.secret) }
    expect((await confirmTotp(runtime, input)).ok).toBe(false)
  })

  test('the code that was typed back cannot vote: its step is used', async () => {
    await enrolApp(personId)
    const { lastStep } = await db.totp.findUniqueOrThrow({ where: { personId } })
    expect(Number(lastStep)).toBe(totpStep(clock.now))
  })

  test('its secret rests sealed and is told to nobody but the person', async () => {
    const { secret, uri } = await enrolApp(personId)
    const rest = JSON.stringify(
      [
        await db.totp.findMany(),
        await db.challenge.findMany(),
        await world.events(`person:${personId}`),
      ],
      (_key, value) => (typeof value === 'bigint' ? Number(value) : value),
    )
    expect(uri).toContain(secret)
    expect(rest).not.toContain(secret)
    expect(rest).not.toContain(fromBase32(secret).toString('base64url'))
    expect(rest).not.toContain(fromBase32(secret).toString('hex'))
  })

  test('that is replaced works until the new one does', async () => {
    const old = await world.addTotp(personId)
    const proof: FactorProof = { kind: 'totp', code: old.code() }
    const { enrolmentId, secret } = accepted(await enrolTotp(runtime, { personId, proof }))
    const before = await db.totp.findUniqueOrThrow({ where: { personId } })
    expect(before.verifiedAt).not.toBeNull()
    const input = { personId, enrolmentId, code: codeOf(secret) }
    expect(accepted(await confirmTotp(runtime, input))).toEqual({ isConfirmed: true })
    const after = await db.totp.findUniqueOrThrow({ where: { personId } })
    expect(after.sealedSecret).not.toBe(before.sealedSecret)
    expect(await usableFactors(db, personId, clock.now)).toEqual([])
    expect(await usableFactors(db, personId, clock.now + 1)).toHaveLength(1)
  })
})

describe('a new passkey', () => {
  test('is told on the audit trail with its public key', async () => {
    const { id } = await enrolSoftwarePasskey(runtime, personId, null)
    const [added] = await world.events(`person:${personId}`)
    expect(added).toMatchObject({
      type: 'factor.added',
      body: {
        kind: 'passkey',
        id,
        public_key: { kty: 'EC', crv: 'P-256' },
        vouched_by: null,
        confirmed: false,
      },
    })
  })

  test.each([
    ['without user verification', { isUserVerified: false }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['on another origin', { origin: 'https://evil.example' }],
    ['in a frame of another site', { crossOrigin: true }],
    ['as an assertion', { type: 'webauthn.get' }],
  ])('made %s is refused', async (_name, odd) => {
    const passkey = createSoftwarePasskey(runtime.config.publicUrl)
    const { options } = accepted(await startPasskeyEnrolment(runtime, { personId, proof: null }))
    const response = passkey.register(options, odd)
    const result = await enrolPasskey(runtime, { personId, name: 'Odd', response })
    expect(reasonOf(result)).toBe('mfa_failed')
    expect(await listFactors(db, personId)).toEqual([])
    expect(await typesTold()).toEqual(['factor.refused'])
  })

  test('is enrolled once, in time, and for nobody else', async () => {
    const passkey = createSoftwarePasskey(runtime.config.publicUrl)
    const start = async () => {
      const { options } = accepted(await startPasskeyEnrolment(runtime, { personId, proof: null }))
      return { personId, name: 'Key', response: passkey.register(options) }
    }
    const stranger = await world.addPerson()
    const input = await start()
    expect((await enrolPasskey(runtime, { ...input, personId: stranger })).ok).toBe(false)
    expect((await enrolPasskey(runtime, input)).ok).toBe(true)
    expect((await enrolPasskey(runtime, input)).ok).toBe(false)
    expect((await enrolPasskey(runtime, await start())).ok).toBe(false)
    const late = await start()
    clock.now += 5 * MINUTE
    expect((await enrolPasskey(runtime, late)).ok).toBe(false)
    expect(await listFactors(db, personId)).toHaveLength(1)
  })

  test('is discoverable and verifies its user, and the browser is told which ones exist', async () => {
    const { passkey } = await enrolSoftwarePasskey(runtime, personId, null)
    const { options } = accepted(await startPasskeyEnrolment(runtime, { personId, proof: null }))
    expect(options.authenticatorSelection).toMatchObject({
      residentKey: 'required',
      userVerification: 'required',
    })
    expect(options.attestation).toBe('none')
    expect(options.excludeCredentials?.map(({ id }) => id)).toEqual([passkey.credentialId])
  })
})

describe('adding a factor needs a factor', () => {
  test('a session alone adds nothing where there is a confirmed factor', async () => {
    await world.addTotp(personId)
    expect(reasonOf(await startPasskeyEnrolment(runtime, { personId, proof: null }))).toBe(
      'mfa_required',
    )
    expect(reasonOf(await enrolTotp(runtime, { personId, proof: null }))).toBe('mfa_required')
    const wrong: FactorProof = { kind: 'totp', code: '000000' }
    expect(reasonOf(await enrolTotp(runtime, { personId, proof: wrong }))).toBe('mfa_failed')
  })

  test('a passkey vouches for a passkey and for an app', async () => {
    const passkey = await world.addPasskey(personId)
    const prove = () => stepUpProof(runtime, personId, passkey, { action: 'add_factor' })
    expect((await enrolSoftwarePasskey(runtime, personId, await prove())).isConfirmed).toBe(true)
    expect((await enrolApp(personId, await prove())).isConfirmed).toBe(true)
  })

  test('a code does not vouch for a passkey: a phished code would become one', async () => {
    const app = await world.addTotp(personId)
    const proof: FactorProof = { kind: 'totp', code: app.code() }
    expect((await enrolSoftwarePasskey(runtime, personId, proof)).isConfirmed).toBe(false)
  })

  test('what was signed for one change serves no other', async () => {
    const passkey = await world.addPasskey(personId)
    const [factor] = await listFactors(db, personId)
    if (factor === undefined) throw new Error('The passkey is on file')
    const proof = await stepUpProof(runtime, personId, passkey, {
      action: 'remove_factor',
      factor: factor.ref,
    })
    expect(reasonOf(await enrolTotp(runtime, { personId, proof }))).toBe('mfa_failed')
    const removed = await removeFactor(runtime, { actorId: personId, factor: factor.ref, proof })
    expect(removed.ok).toBe(true)
  })

  test('an enrolment that nobody vouched for ends when another factor was confirmed meanwhile', async () => {
    const { enrolmentId, secret } = accepted(await enrolTotp(runtime, { personId, proof: null }))
    await world.addPasskey(personId)
    const input = { personId, enrolmentId, code: codeOf(secret) }
    expect(reasonOf(await confirmTotp(runtime, input))).toBe('mfa_required')
  })

  test('an enrolment ends with the factor that vouched for it', async () => {
    const passkey = await world.addPasskey(personId)
    const proof = await stepUpProof(runtime, personId, passkey, { action: 'add_factor' })
    const { enrolmentId, secret } = accepted(await enrolTotp(runtime, { personId, proof }))
    await db.passkey.updateMany({ where: { personId }, data: { revokedAt: new Date(clock.now) } })
    const input = { personId, enrolmentId, code: codeOf(secret) }
    expect(reasonOf(await confirmTotp(runtime, input))).toBe('mfa_required')
  })

  test('a person without a confirmed passkey gets no challenge to prove one', async () => {
    await enrolSoftwarePasskey(runtime, personId, null)
    const result = await startStepUp(runtime, { personId, action: { action: 'add_factor' } })
    expect(reasonOf(result)).toBe('mfa_required')
  })
})

describe('a first factor is confirmed by a second human', () => {
  let admin: string
  let adminPasskey: SoftwarePasskey
  let factor: FactorRef

  beforeEach(async () => {
    admin = await world.addPerson(['admin'])
    adminPasskey = await world.addPasskey(admin)
    const { id } = await enrolSoftwarePasskey(runtime, personId, null)
    factor = { kind: 'passkey', id }
  })

  async function confirmBy(actorId: string, passkey: SoftwarePasskey | null) {
    const action = { action: 'confirm_factor', factor } as const
    const proof = passkey && (await stepUpProof(runtime, actorId, passkey, action))
    return await confirmFactor(runtime, { actorId, factor, proof })
  }

  test('who proves it with a factor of their own', async () => {
    expect(reasonOf(await confirmBy(admin, null))).toBe('mfa_required')
    expect(accepted(await confirmBy(admin, adminPasskey))).toEqual({ control: 'second_human' })
    const told = (await world.events(`person:${personId}`)).at(-1)
    expect(told).toMatchObject({ type: 'factor.confirmed', actor: { kind: 'person', id: admin } })
  })

  test('after which it votes on tickets opened later, and on no other', async () => {
    accepted(await confirmBy(admin, adminPasskey))
    expect(await usableFactors(db, personId, clock.now - MINUTE)).toEqual([])
    expect(await usableFactors(db, personId, clock.now)).toEqual([])
    expect(await usableFactors(db, personId, clock.now + 1)).toHaveLength(1)
  })

  test('and not by its own person, a human without a factor, or one who is no admin', async () => {
    const bare = await world.addPerson(['admin'])
    const approver = await world.addPerson()
    const approverPasskey = await world.addPasskey(approver)
    for (const [actorId, passkey] of [
      [personId, null],
      [bare, null],
      [approver, approverPasskey],
    ] as const) {
      expect(reasonOf(await confirmBy(actorId, passkey))).toBe('forbidden')
    }
    expect((await listFactors(db, personId))[0]?.confirmedAt).toBeNull()
    const told = (await typesTold()).filter((type) => type === 'factor.confirmation_refused')
    expect(told).toHaveLength(3)
  })

  test('once: a second confirmation changes nothing', async () => {
    accepted(await confirmBy(admin, adminPasskey))
    expect(reasonOf(await confirmBy(admin, adminPasskey))).toBe('forbidden')
  })

  test('and not by the admin who made them a link, while anybody else could', async () => {
    const by = { kind: 'person', id: admin } as const
    accepted(await createSignInLink(runtime, { personId, purpose: 'sign_in', by }))
    const approver = await world.addPerson()
    const approverPasskey = await world.addPasskey(approver)
    expect(reasonOf(await confirmBy(admin, adminPasskey))).toBe('forbidden')
    expect(accepted(await confirmBy(approver, approverPasskey))).toEqual({
      control: 'second_human',
    })
  })

  test('or by that admin where nobody else could, and the installation’s stream says so', async () => {
    const by = { kind: 'person', id: admin } as const
    accepted(await createSignInLink(runtime, { personId, purpose: 'sign_in', by }))
    expect(accepted(await confirmBy(admin, adminPasskey))).toEqual({ control: 'link_maker' })
    expect((await world.events('installation')).at(-1)).toMatchObject({
      type: 'dual_control.off',
      body: { person: personId, control: 'link_maker' },
    })
  })

  test('and so is one that was reset', async () => {
    accepted(await confirmBy(admin, adminPasskey))
    const proof = await stepUpProof(runtime, admin, adminPasskey, {
      action: 'remove_factor',
      factor,
    })
    accepted(await removeFactor(runtime, { actorId: admin, factor, proof }))
    expect(await listFactors(db, personId)).toEqual([])
    expect((await enrolSoftwarePasskey(runtime, personId, null)).isConfirmed).toBe(false)
    expect(await typesTold()).toEqual([
      'factor.added',
      'factor.confirmed',
      'factor.removed',
      'factor.added',
    ])
  })
})

describe('the lone admin', () => {
  test('confirms their own first factor, and the installation’s stream says that dual control is off', async () => {
    const admin = await world.addPerson(['admin'])
    const { id } = await enrolSoftwarePasskey(runtime, admin, null)
    const factor = { kind: 'passkey', id } as const
    expect(accepted(await confirmFactor(runtime, { actorId: admin, factor, proof: null }))).toEqual(
      {
        control: 'alone',
      },
    )
    expect((await world.events('installation')).at(-1)).toMatchObject({
      type: 'dual_control.off',
      body: { person: admin, control: 'alone' },
    })
  })

  test('confirms no later one by a session alone', async () => {
    const admin = await world.addPerson(['admin'])
    const app = await world.addTotp(admin)
    const { id } = await enrolSoftwarePasskey(runtime, admin, { kind: 'totp', code: app.code() })
    const factor = { kind: 'passkey', id } as const
    const result = await confirmFactor(runtime, { actorId: admin, factor, proof: null })
    expect(reasonOf(result)).toBe('mfa_required')
  })

  test('is the only one who may: nobody else confirms their own', async () => {
    const { id } = await enrolSoftwarePasskey(runtime, personId, null)
    const factor = { kind: 'passkey', id } as const
    const result = await confirmFactor(runtime, { actorId: personId, factor, proof: null })
    expect(reasonOf(result)).toBe('forbidden')
  })
})

describe('removing a factor', () => {
  test('needs a factor, unless it is the person’s own and none is confirmed', async () => {
    const { id } = await enrolSoftwarePasskey(runtime, personId, null)
    const pending = { kind: 'passkey', id } as const
    const bareAdmin = await world.addPerson(['admin'])
    const asAdmin = { actorId: bareAdmin, factor: pending, proof: null }
    expect(reasonOf(await removeFactor(runtime, asAdmin))).toBe('mfa_required')
    expect((await removeFactor(runtime, { ...asAdmin, actorId: personId })).ok).toBe(true)
    const app = await world.addTotp(personId)
    const totp = { kind: 'totp', personId } as const
    const mine = { actorId: personId, factor: totp }
    expect(reasonOf(await removeFactor(runtime, { ...mine, proof: null }))).toBe('mfa_required')
    const proof: FactorProof = { kind: 'totp', code: app.code() }
    expect((await removeFactor(runtime, { ...mine, proof })).ok).toBe(true)
    expect(await listFactors(db, personId)).toEqual([])
  })

  test('of somebody else is for admins; others do not learn that it exists', async () => {
    await world.addTotp(personId)
    const stranger = await world.addPerson()
    const theirs = await world.addTotp(stranger)
    const proof: FactorProof = { kind: 'totp', code: theirs.code() }
    const factor = { kind: 'totp', personId } as const
    const result = await removeFactor(runtime, { actorId: stranger, factor, proof })
    expect(reasonOf(result)).toBe('not_found')
    expect(await listFactors(db, personId)).toHaveLength(1)
  })
})

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

function fromBase32(text: string): Buffer {
  let bits = ''
  for (const character of text) bits += BASE32.indexOf(character).toString(2).padStart(5, '0')
  const bytes = bits.match(/.{8}/g) ?? []
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)))
}
