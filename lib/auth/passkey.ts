import { verifyAuthenticationResponse } from '@simplewebauthn/server'
import { ok, type Refused, type Result } from '#lib/core/result'
import type { PasskeyJwk } from '#lib/core/ticket/assertion'
import type { Tx } from '#lib/db/client'
import type { PasskeyAssertion } from '#lib/wire/auth'
import {
  type ChallengePurpose,
  type ChallengeRow,
  findChallenge,
  spendChallenge,
} from './challenge'
import { readClientData } from './client-data'
import { type FactorFault, refuseFactor } from './factor-refusal'
import { passkeyJwk } from './passkey-key'
import { type AuthRuntime, relyingParty } from './runtime'

export interface PasskeyUse {
  assertion: PasskeyAssertion
  purpose: ChallengePurpose
  /** null: the passkey says who it is. */
  personId: string | null
  /** Only a passkey confirmed before this moment (epoch ms) is taken. */
  confirmedBefore: number
  /** Whether what the challenge was made for is what is done now. */
  isFor: (payload: unknown) => boolean
  requestId?: string
}

export interface UsedPasskey {
  personId: string
  passkeyId: string
  credentialId: string
  publicKey: PasskeyJwk
  payload: unknown
}

interface PasskeyRow {
  id: string
  personId: string
  credentialId: string
  publicKey: Uint8Array
  counter: bigint
  confirmedAt: Date | null
  revokedAt: Date | null
  person: { active: boolean }
}

/**
 * Checks an assertion (WebAuthn Level 3, section 7.2) against the challenge that was handed out and the passkey on file,
 * and uses the challenge up. A refusal is told on the person's audit stream in this transaction: commit it.
 * @returns refusal `mfa_failed`, `mfa_required` or `factor_not_confirmed`, with `meta.reason`
 */
export async function checkPasskey(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  tx: Tx,
  use: PasskeyUse,
  now: number,
): Promise<Result<UsedPasskey>> {
  const passkey = await findPasskey(tx, use.assertion.id)
  const challenge = await challengeOf(tx, use.assertion)
  const fault =
    challengeFault(challenge, use, now) ??
    passkeyFault(passkey, use) ??
    (await assertionRefused(runtime, use.assertion, passkey, challenge))
  if (fault !== null || challenge === null || passkey === null) {
    return await refused(tx, use, passkey, fault ?? 'passkey_unknown', now)
  }
  const publicKey = passkeyJwk(passkey.publicKey)
  if (publicKey === undefined) return await refused(tx, use, passkey, 'passkey_unknown', now)
  if (!(await spendChallenge(tx, challenge.id, now))) {
    return await refused(tx, use, passkey, 'challenge_used', now)
  }
  if (!(await advanceCounter(tx, passkey, use.assertion, now))) {
    return await refused(tx, use, passkey, 'counter_regressed', now)
  }
  const { id: passkeyId, personId, credentialId } = passkey
  return ok({ personId, passkeyId, credentialId, publicKey, payload: challenge.payload })
}

/** Who enrolled a passkey; proves nothing yet. For a page that does not know who is looking. */
export async function passkeyHolder(tx: Tx, credentialId: string): Promise<string | null> {
  const row = await tx.passkey.findUnique({
    where: { credentialId },
    select: { personId: true, revokedAt: true },
  })
  return row === null || row.revokedAt !== null ? null : row.personId
}

/** With its person in one statement: the model would read them one after the other. */
async function findPasskey(tx: Tx, credentialId: string): Promise<PasskeyRow | null> {
  const rows = await tx.$queryRaw<PasskeyRow[]>`
    SELECT k.id, k.person_id AS "personId", k.credential_id AS "credentialId", k.public_key AS "publicKey", k.counter,
           k.confirmed_at AS "confirmedAt", k.revoked_at AS "revokedAt", jsonb_build_object('active', p.active) AS person
    FROM passkeys k JOIN people p ON p.id = k.person_id WHERE k.credential_id = ${credentialId}`
  return rows[0] ?? null
}

async function challengeOf(tx: Tx, assertion: PasskeyAssertion): Promise<ChallengeRow | null> {
  const clientData = readClientData(assertion.response.clientDataJSON)
  return clientData === undefined ? null : await findChallenge(tx, clientData.challenge)
}

function challengeFault(
  row: ChallengeRow | null,
  use: PasskeyUse,
  now: number,
): FactorFault | null {
  if (row === null) return 'challenge_unknown'
  if (row.purpose !== use.purpose) return 'challenge_for_another_purpose'
  if (row.personId !== null && row.personId !== use.personId) return 'challenge_of_another'
  if (row.usedAt !== null) return 'challenge_used'
  if (row.expiresAt.getTime() <= now) return 'challenge_expired'
  return use.isFor(row.payload) ? null : 'challenge_for_another_act'
}

function passkeyFault(row: PasskeyRow | null, use: PasskeyUse): FactorFault | null {
  if (row === null || row.revokedAt !== null || !row.person.active) return 'passkey_unknown'
  if (use.personId !== null && row.personId !== use.personId) return 'passkey_of_another'
  if (row.confirmedAt === null || row.confirmedAt.getTime() >= use.confirmedBefore) {
    return 'not_confirmed'
  }
  const { userHandle } = use.assertion.response
  const handle = Buffer.from(row.personId, 'utf8').toString('base64url')
  return userHandle !== undefined && userHandle !== handle ? 'passkey_of_another' : null
}

async function assertionRefused(
  runtime: Pick<AuthRuntime, 'config' | 'installation'>,
  assertion: PasskeyAssertion,
  passkey: PasskeyRow | null,
  challenge: ChallengeRow | null,
): Promise<FactorFault | null> {
  if (passkey === null || challenge === null) return 'passkey_refused'
  // The library lets a page in a foreign frame pass when the browser does not name the outer page.
  if (readClientData(assertion.response.clientDataJSON)?.isFramed !== false)
    return 'passkey_refused'
  const { origin, id } = relyingParty(runtime)
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: assertion,
      expectedChallenge: challenge.challenge,
      expectedOrigin: origin,
      expectedRPID: id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: Number(passkey.counter),
      },
    })
    return verified ? null : 'passkey_refused'
  } catch {
    // The library throws for every mismatch; which one helps only whoever forges.
    return 'passkey_refused'
  }
}

/**
 * Signature counters only grow (WebAuthn section 6.1.1); a passkey that does not count says 0 for ever. The condition is
 * in the UPDATE, so of two copies used at once one is refused, and one removed meanwhile is too.
 */
async function advanceCounter(
  tx: Tx,
  passkey: PasskeyRow,
  assertion: PasskeyAssertion,
  now: number,
): Promise<boolean> {
  const counter = counterOf(assertion)
  const { count } = await tx.passkey.updateMany({
    where: {
      id: passkey.id,
      revokedAt: null,
      confirmedAt: { not: null },
      counter: counter === 0 ? 0 : { lt: counter },
    },
    data: { counter, lastUsedAt: new Date(now) },
  })
  return count === 1
}

/** Bytes 33 to 36 of the authenticator data, whose length was verified. */
function counterOf(assertion: PasskeyAssertion): number {
  return Buffer.from(assertion.response.authenticatorData, 'base64url').readUInt32BE(33)
}

function refused(
  tx: Tx,
  use: PasskeyUse,
  passkey: PasskeyRow | null,
  fault: FactorFault,
  now: number,
): Promise<Refused> {
  const attempt = {
    personId: use.personId ?? passkey?.personId ?? null,
    method: 'passkey',
    purpose: use.purpose,
    ...(use.requestId !== undefined && { requestId: use.requestId }),
  } as const
  return refuseFactor(tx, attempt, fault, now)
}
