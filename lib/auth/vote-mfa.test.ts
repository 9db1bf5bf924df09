import { beforeEach, describe, expect, test } from 'vitest'
import { startPasskeySignIn } from '#lib/commands/session/start-passkey-sign-in'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import type { Result } from '#lib/core/result'
import {
  type PasskeyReceipt,
  passkeyThumbprint,
  verifyVoteReceipt,
} from '#lib/core/ticket/vote-receipt'
import { inTransaction } from '#lib/db/transaction'
import type { PasskeyAssertion } from '#lib/wire/auth'
import type { Misbehaviour, SoftwarePasskey } from '../../scripts/lib/software-passkey'
import {
  accepted,
  authWorld,
  enrolSoftwarePasskey,
  ORIGIN,
  REVIEW,
  voteOptions,
} from '../../test/auth-world'
import { passkeyHolder } from './passkey'
import { TOTP_LOCKS_MS } from './totp'
import { checkVoteMfa, type VoteMfa, type VoteProof, type VoteToProve } from './vote-mfa'

const world = await authWorld()
const { runtime, clock } = world
const OTHER_REVIEW = `sha-256:${'cd'.repeat(32)}`
const MINUTE = 60_000

let personId: string
let requestId: string

beforeEach(async () => {
  // A fresh step every time: codes of one test are never those of another.
  clock.now += 10 * MINUTE
  personId = await world.addPerson()
  requestId = await world.addTicket()
})

function cast(mfa: VoteMfa, changed: Partial<VoteToProve> = {}): Promise<Result<VoteProof>> {
  const vote: VoteToProve = {
    personId,
    requestId,
    reviewDigest: REVIEW,
    choice: 'approve',
    ticketOpenedAt: clock.now - MINUTE,
    ...changed,
  }
  return inTransaction(runtime.db, (tx) => checkVoteMfa(runtime, tx, { ...vote, mfa }, clock.now))
}

function outcome(result: Result<unknown>): unknown {
  return result.ok ? 'accepted' : (result.refusal.meta?.['reason'] ?? result.refusal.code)
}

async function refusedReasons(): Promise<unknown[]> {
  const events = await world.events(`person:${personId}`)
  return events
    .filter(({ type }) => type === 'factor.refused')
    .map(({ body }) => (body as { reason: string }).reason)
}

describe('a vote by passkey', () => {
  let passkey: SoftwarePasskey

  beforeEach(async () => {
    passkey = await world.addPasskey(personId)
  })

  async function signed(odd: Misbehaviour = {}): Promise<VoteMfa> {
    const options = await voteOptions(runtime, { personId, requestId })
    return { kind: 'passkey', assertion: passkey.sign(options, odd) }
  }

  test('is accepted when the passkey signed exactly it, and its receipt verifies offline', async () => {
    const proof = accepted(await cast(await signed()))
    expect(proof.method).toBe('passkey')
    const receipt = proof.receipt as unknown as PasskeyReceipt
    const verified = await verifyVoteReceipt(JSON.parse(JSON.stringify(proof.receipt)), {
      domain: ORIGIN,
      origin: ORIGIN,
      requestId,
      reviewDigest: REVIEW,
      choice: 'approve',
      person: personId,
      at: clock.now,
      keys: [await passkeyThumbprint(receipt.public_key)],
    })
    expect(verified).toEqual({ ok: true, value: { method: 'passkey', provenBy: 'signature' } })
  })

  test('names a key that the audit trail holds for this human', async () => {
    const proof = accepted(await cast(await signed()))
    const receipt = proof.receipt as unknown as PasskeyReceipt
    const added = (await world.events(`person:${personId}`)).find(
      ({ type }) => type === 'factor.added',
    )
    expect(added?.body).toMatchObject({
      public_key: receipt.public_key,
      thumbprint: await passkeyThumbprint(receipt.public_key),
    })
  })

  test('a replayed assertion is refused', async () => {
    const mfa = await signed()
    expect(outcome(await cast(mfa))).toBe('accepted')
    expect(outcome(await cast(mfa))).toBe('challenge_used')
    expect(await refusedReasons()).toEqual(['challenge_used'])
  })

  test.each<[string, Misbehaviour]>([
    ['counts', {}],
    ['does not count', { counter: 0 }],
  ])(
    'of 20 parallel uses of one assertion one is accepted, by a passkey that %s',
    async (_name, odd) => {
      const mfa = await signed(odd)
      const results = await Promise.all(Array.from({ length: 20 }, () => cast(mfa)))
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    },
  )

  test('a swapped choice is refused', async () => {
    expect(outcome(await cast(await signed(), { choice: 'reject' }))).toBe(
      'challenge_for_another_act',
    )
  })

  test('a swapped ticket is refused', async () => {
    const other = await world.addTicket()
    expect(outcome(await cast(await signed(), { requestId: other }))).toBe(
      'challenge_for_another_act',
    )
  })

  test('a swapped review digest is refused', async () => {
    expect(outcome(await cast(await signed(), { reviewDigest: OTHER_REVIEW }))).toBe(
      'challenge_for_another_act',
    )
  })

  test('an assertion made to sign in is no vote', async () => {
    const { options } = accepted(await startPasskeySignIn(runtime))
    const mfa: VoteMfa = { kind: 'passkey', assertion: passkey.sign(options) }
    expect(outcome(await cast(mfa))).toBe('challenge_for_another_purpose')
  })

  test.each<[string, Misbehaviour]>([
    ['without user verification', { isUserVerified: false }],
    ['for another relying party', { rpId: 'evil.example' }],
    ['on another origin', { origin: 'http://localhost.evil.example:3000' }],
    ['on another port of the same host', { origin: 'http://localhost:3001' }],
    ['in a frame of another site', { crossOrigin: true }],
    ['as a registration', { type: 'webauthn.create' }],
  ])('an assertion %s is refused', async (_name, odd) => {
    expect(outcome(await cast(await signed(odd)))).toBe('passkey_refused')
    expect(await refusedReasons()).toEqual(['passkey_refused'])
  })

  test('an expired challenge is refused', async () => {
    const mfa = await signed()
    clock.now += 5 * MINUTE
    const ticketOpenedAt = clock.now - 6 * MINUTE
    expect(outcome(await cast(mfa, { ticketOpenedAt }))).toBe('challenge_expired')
  })

  test('a challenge that was never given out is refused', async () => {
    const challenge = Buffer.alloc(32, 7).toString('base64url')
    const mfa: VoteMfa = { kind: 'passkey', assertion: passkey.sign({ challenge }) }
    expect(outcome(await cast(mfa))).toBe('challenge_unknown')
  })

  test('a changed signature is refused', async () => {
    const mfa = await signed()
    if (mfa.kind !== 'passkey') throw new Error('A passkey was asked for')
    const { response } = mfa.assertion
    const bytes = Buffer.from(response.signature, 'base64url')
    bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20)
    const assertion: PasskeyAssertion = {
      ...mfa.assertion,
      response: { ...response, signature: bytes.toString('base64url') },
    }
    expect(outcome(await cast({ kind: 'passkey', assertion }))).toBe('passkey_refused')
  })

  test("another human's passkey is refused", async () => {
    const other = await world.addPerson()
    const theirs = await world.addPasskey(other)
    const options = await voteOptions(runtime, { personId, requestId })
    const mfa: VoteMfa = { kind: 'passkey', assertion: theirs.sign(options) }
    expect(outcome(await cast(mfa))).toBe('passkey_of_another')
    expect(await refusedReasons()).toEqual(['passkey_of_another'])
  })

  test("another human's challenge is refused", async () => {
    const other = await world.addPerson()
    const theirs = await world.addPasskey(other)
    const options = await voteOptions(runtime, { personId: other, requestId })
    expect(outcome(await cast({ kind: 'passkey', assertion: passkey.sign(options) }))).toBe(
      'challenge_of_another',
    )
    expect(outcome(await cast({ kind: 'passkey', assertion: theirs.sign(options) }))).toBe(
      'challenge_of_another',
    )
  })

  test('one ceremony identifies and votes where the challenge names nobody', async () => {
    const options = await voteOptions(runtime, { personId: null, requestId })
    expect(options.allowCredentials).toBeUndefined()
    const mfa: VoteMfa = { kind: 'passkey', assertion: passkey.sign(options) }
    const other = await world.addPerson()
    expect(outcome(await cast(mfa, { personId: other }))).toBe('passkey_of_another')
    const holder = await passkeyHolder(runtime.db, passkey.credentialId)
    expect(holder).toBe(personId)
    expect(outcome(await cast(mfa, { personId: holder ?? '' }))).toBe('accepted')
  })

  test('nobody holds a passkey that is unknown or was removed', async () => {
    await runtime.db.passkey.updateMany({ where: { personId }, data: { revokedAt: new Date() } })
    expect(await passkeyHolder(runtime.db, passkey.credentialId)).toBeNull()
    expect(await passkeyHolder(runtime.db, 'unknown')).toBeNull()
  })

  test('a signature counter that goes back is refused', async () => {
    expect(outcome(await cast(await signed({ counter: 9 })))).toBe('accepted')
    expect(outcome(await cast(await signed({ counter: 9 })))).toBe('passkey_refused')
    expect(outcome(await cast(await signed({ counter: 8 })))).toBe('passkey_refused')
    expect(outcome(await cast(await signed({ counter: 10 })))).toBe('accepted')
  })

  test('a passkey that does not count is accepted again and again', async () => {
    const synced = await world.addPerson()
    const uncounted = await world.addPasskey(synced)
    for (let round = 0; round < 2; round++) {
      const options = await voteOptions(runtime, { personId: synced, requestId })
      const mfa: VoteMfa = { kind: 'passkey', assertion: uncounted.sign(options, { counter: 0 }) }
      expect(outcome(await cast(mfa, { personId: synced }))).toBe('accepted')
    }
  })

  test('a removed passkey is refused', async () => {
    const mfa = await signed()
    await runtime.db.passkey.updateMany({ where: { personId }, data: { revokedAt: new Date() } })
    expect(outcome(await cast(mfa))).toBe('passkey_unknown')
  })

  test('a deactivated human is refused', async () => {
    const mfa = await signed()
    await runtime.db.person.update({ where: { id: personId }, data: { active: false } })
    expect(outcome(await cast(mfa))).toBe('passkey_unknown')
  })

  test('a passkey confirmed after the ticket was opened is refused', async () => {
    const mfa = await signed()
    const confirmedAt = new Date(clock.now - MINUTE)
    await runtime.db.passkey.updateMany({ where: { personId }, data: { confirmedAt } })
    expect(outcome(await cast(mfa))).toBe('not_confirmed')
    expect(outcome(await cast(mfa, { ticketOpenedAt: null }))).toBe('not_confirmed')
  })

  test('a passkey that nobody confirmed gets no challenge and is refused', async () => {
    const newcomer = await world.addPerson()
    await enrolSoftwarePasskey(runtime, newcomer, null)
    const input = {
      personId: newcomer,
      requestId,
      reviewDigest: REVIEW,
      choice: 'approve',
    } as const
    expect(outcome(await startVoteChallenge(runtime, input))).toBe('factor_not_confirmed')
  })

  test('a ticket that is not open gives out no challenge', async () => {
    await runtime.db.request.update({ where: { id: requestId }, data: { state: 'rejected' } })
    const input = { personId, requestId, reviewDigest: REVIEW, choice: 'approve' } as const
    expect(outcome(await startVoteChallenge(runtime, input))).toBe('ticket_closed')
    expect(outcome(await startVoteChallenge(runtime, { ...input, requestId: 'req_none' }))).toBe(
      'not_found',
    )
  })
})

describe('a vote by code', () => {
  let code: (offset?: number) => string

  beforeEach(async () => {
    code = (await world.addTotp(personId)).code
  })

  const totp = (text: string): VoteMfa => ({ kind: 'totp', code: text })

  test('is accepted, and its receipt says that the server vouches for it', async () => {
    const proof = accepted(await cast(totp(code())))
    expect(proof.method).toBe('totp')
    const expected = {
      domain: ORIGIN,
      origin: ORIGIN,
      requestId,
      reviewDigest: REVIEW,
      choice: 'approve',
      person: personId,
      at: clock.now,
      keys: [],
    } as const
    expect(await verifyVoteReceipt(proof.receipt, expected)).toEqual({
      ok: true,
      value: { method: 'totp', provenBy: 'server' },
    })
    const swapped = await verifyVoteReceipt(proof.receipt, { ...expected, choice: 'reject' })
    expect(outcome(swapped)).toBe('binding')
  })

  test('a code is used once', async () => {
    expect(outcome(await cast(totp(code())))).toBe('accepted')
    expect(outcome(await cast(totp(code())))).toBe('reused_code')
    expect(await refusedReasons()).toEqual(['reused_code'])
  })

  test('a wrong code and a used one are refused in the same words, which say what to do', async () => {
    expect(outcome(await cast(totp(code())))).toBe('accepted')
    for (const refused of [code(), code(-2)]) {
      expect(await cast(totp(refused))).toMatchObject({
        ok: false,
        refusal: {
          code: 'mfa_failed',
          detail:
            'That code was wrong, too old or used before. Nothing was counted. Type the next one.',
        },
      })
    }
  })

  test('a code of the step before a used one is refused', async () => {
    expect(outcome(await cast(totp(code(0))))).toBe('accepted')
    expect(outcome(await cast(totp(code(-1))))).toBe('reused_code')
  })

  test('the codes of one step before and after now are taken, those beyond are not', async () => {
    expect(outcome(await cast(totp(code(-2))))).toBe('wrong_code')
    expect(outcome(await cast(totp(code(2))))).toBe('wrong_code')
    expect(outcome(await cast(totp(code(-1))))).toBe('accepted')
    expect(outcome(await cast(totp(code(1))))).toBe('accepted')
  })

  test.each([
    ['seven digits', (right: string) => `${right}0`],
    ['seven digits, the first one too many', (right: string) => `0${right}`],
    ['five digits', (right: string) => right.slice(1)],
    ['a space inside', (right: string) => `${right.slice(0, 3)} ${right.slice(3)}`],
    ['a line end', (right: string) => `${right}\n`],
    ['other digits', (right: string) => right.replace(/\d/g, '\u0660')],
    ['nothing', () => ''],
  ])('a code of %s is refused and is no attempt', async (_name, spoil) => {
    for (let round = 0; round < 6; round++) {
      expect(outcome(await cast(totp(spoil(code()))))).toBe('malformed_code')
    }
    expect(outcome(await cast(totp(code())))).toBe('accepted')
  })

  test('of 20 parallel uses of one code one is accepted', async () => {
    const results = await Promise.all(Array.from({ length: 20 }, () => cast(totp(code()))))
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(await refusedReasons()).toHaveLength(19)
  })

  test('five wrong codes lock codes for a quarter of an hour, a right one included', async () => {
    for (let round = 0; round < 5; round++) {
      expect(outcome(await cast(totp(wrong(code))))).toBe('wrong_code')
    }
    const locked = await cast(totp(code()))
    expect(locked).toMatchObject({
      ok: false,
      refusal: { code: 'mfa_locked', meta: { retry_after_ms: TOTP_LOCKS_MS[0] } },
    })
    const types = (await world.events(`person:${personId}`)).map(({ type }) => type)
    expect(types).toContain('totp.locked')
    clock.now += TOTP_LOCKS_MS[0]
    const ticketOpenedAt = clock.now - MINUTE
    expect(outcome(await cast(totp(code()), { ticketOpenedAt }))).toBe('accepted')
  })

  test('30 parallel wrong codes are five attempts', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, () => cast(totp(wrong(code)))))
    const reasons = results.map(outcome)
    expect(reasons.filter((reason) => reason === 'wrong_code')).toHaveLength(5)
    expect(reasons.filter((reason) => reason === 'locked')).toHaveLength(25)
  })

  test('a right code forgives wrong ones before it', async () => {
    for (let round = 0; round < 4; round++) await cast(totp(wrong(code)))
    expect(outcome(await cast(totp(code())))).toBe('accepted')
    for (let round = 0; round < 4; round++) await cast(totp(wrong(code)))
    expect(outcome(await cast(totp(code(1))))).toBe('accepted')
  })

  test("another human's code is refused", async () => {
    const other = await world.addPerson()
    const theirs = await world.addTotp(other)
    expect(outcome(await cast(totp(theirs.code())))).toBe('wrong_code')
  })

  test('an app confirmed after the ticket was opened is refused', async () => {
    const confirmedAt = new Date(clock.now - MINUTE)
    await runtime.db.totp.update({ where: { personId }, data: { confirmedAt } })
    expect(outcome(await cast(totp(code())))).toBe('not_confirmed')
    await runtime.db.totp.update({ where: { personId }, data: { confirmedAt: null } })
    expect(outcome(await cast(totp(code())))).toBe('not_confirmed')
  })

  test('whoever has no app, or is deactivated, is told to enrol', async () => {
    const other = await world.addPerson()
    expect(outcome(await cast(totp('123456'), { personId: other }))).toBe('not_enrolled')
    await runtime.db.person.update({ where: { id: personId }, data: { active: false } })
    expect(outcome(await cast(totp(code())))).toBe('not_enrolled')
  })

  test('a secret moved to another human does not open', async () => {
    const other = await world.addPerson()
    const { sealedSecret, verifiedAt, confirmedAt } = await runtime.db.totp.findUniqueOrThrow({
      where: { personId },
    })
    const data = { personId: other, sealedSecret, verifiedAt, confirmedAt }
    await runtime.db.totp.create({ data })
    await expect(cast(totp(code()), { personId: other })).rejects.toThrow()
  })

  test('no code is written to the audit trail', async () => {
    const tried = [wrong(code), code()]
    for (const text of tried) await cast(totp(text))
    await cast(totp(code()))
    const trail = JSON.stringify(await world.events(`person:${personId}`))
    for (const text of tried) expect(trail).not.toContain(text)
  })
})

/** Six digits that no step near now has. */
function wrong(code: (offset?: number) => string): string {
  const right = new Set([-2, -1, 0, 1, 2].map(code))
  let candidate = 0
  while (right.has(String(candidate).padStart(6, '0'))) candidate += 1
  return String(candidate).padStart(6, '0')
}
