import { tellAccount } from '#lib/auth/account-news'
import { type ChallengeRow, findChallenge, spendChallenge } from '#lib/auth/challenge'
import { readClientData } from '#lib/auth/client-data'
import { factorAdded } from '#lib/auth/factor-events'
import { refuseFactor } from '#lib/auth/factor-refusal'
import { type NewPasskey, verifyRegistration } from '#lib/auth/passkey-enrolment'
import type { AuthRuntime } from '#lib/auth/runtime'
import { type EnrolmentPayload, isVouchedFor } from '#lib/auth/vouching'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import { passkeyThumbprint } from '#lib/core/ticket/vote-receipt'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { PasskeyRegistration } from '#lib/wire/auth'

export interface EnrolPasskeyInput {
  personId: string
  /** What the person calls it. */
  name: string
  response: PasskeyRegistration
}

export interface FactorEnrolled {
  id: string
  /** false: it proves nothing until a second human confirms it. */
  isConfirmed: boolean
}

/**
 * Second half of adding a passkey: verifies what the browser made and keeps its public key. Never usable for tickets that
 * are open already.
 */
export function enrolPasskey(
  runtime: AuthRuntime,
  input: EnrolPasskeyInput,
): Promise<Result<FactorEnrolled>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const challenge = await pendingEnrolment(tx, input, now)
    if (!challenge.ok) return challenge
    const passkey = await verifyRegistration(runtime, input.response, challenge.value.challenge)
    if (passkey === null) return await refusedEnrolment(tx, input, now)
    // Only this server writes payloads.
    const payload = challenge.value.payload as EnrolmentPayload
    const vouched = await isVouchedFor(tx, input.personId, 'passkey', payload)
    if (!vouched.ok) return vouched
    if (!(await spendChallenge(tx, challenge.value.id, now))) return tooLate()
    const id = runtime.newId('pky')
    const row = { id, input, passkey, isConfirmed: vouched.value }
    if (!(await insertPasskey(tx, row, now))) {
      return refuse('mfa_failed', { detail: 'This passkey is enrolled already.' })
    }
    const events = factorAdded({
      personId: input.personId,
      factor: await described(id, input.name, passkey),
      vouchedBy: payload.vouchedBy,
      isConfirmed: vouched.value,
    })
    await tellAccount(tx, events, now)
    return ok({ id, isConfirmed: vouched.value })
  })
}

/** Told like any refused factor, on the person's stream. */
function refusedEnrolment(tx: Tx, { personId }: EnrolPasskeyInput, now: number): Promise<Refused> {
  const attempt = { personId, method: 'passkey', purpose: 'passkey_enrolment' } as const
  return refuseFactor(tx, attempt, 'passkey_refused', now)
}

async function pendingEnrolment(
  tx: Tx,
  { personId, response }: EnrolPasskeyInput,
  now: number,
): Promise<Result<ChallengeRow>> {
  const clientData = readClientData(response.response.clientDataJSON)
  const row = clientData === undefined ? null : await findChallenge(tx, clientData.challenge)
  if (row?.purpose !== 'passkey_enrolment' || row.personId !== personId) return tooLate()
  if (row.usedAt !== null || row.expiresAt.getTime() <= now) return tooLate()
  return ok(row)
}

function tooLate() {
  return refuse('mfa_failed', { detail: 'This enrolment is over. Start again.' })
}

/** @returns false when the credential is on file, whoever has it */
async function insertPasskey(
  tx: Tx,
  row: { id: string; input: EnrolPasskeyInput; passkey: NewPasskey; isConfirmed: boolean },
  now: number,
): Promise<boolean> {
  const { input, passkey } = row
  const { count } = await tx.passkey.createMany({
    data: {
      id: row.id,
      personId: input.personId,
      credentialId: passkey.credentialId,
      publicKey: new Uint8Array(passkey.publicKey),
      counter: passkey.counter,
      transports: passkey.transports,
      name: input.name,
      synced: passkey.synced,
      createdAt: new Date(now),
      ...(row.isConfirmed && { confirmedAt: new Date(now), confirmedBy: input.personId }),
    },
    skipDuplicates: true,
  })
  return count === 1
}

async function described(id: string, name: string, passkey: NewPasskey) {
  return {
    kind: 'passkey',
    id,
    name,
    credential_id: passkey.credentialId,
    public_key: { ...passkey.jwk },
    thumbprint: await passkeyThumbprint(passkey.jwk),
  }
}
