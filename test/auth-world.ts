import { randomBytes } from 'node:crypto'
import { afterAll } from 'vitest'
import type { AuthRuntime } from '../lib/auth/runtime'
import { TOTP_SEAL_PURPOSE } from '../lib/auth/totp'
import { codeOfStep, totpStep } from '../lib/auth/totp-code'
import { enrolPasskey } from '../lib/commands/factor/enrol-passkey'
import { startPasskeyEnrolment } from '../lib/commands/factor/start-passkey-enrolment'
import { startStepUp } from '../lib/commands/factor/start-step-up'
import { startVoteChallenge } from '../lib/commands/vote/start-vote-challenge'
import { newId } from '../lib/core/ids'
import type { Result } from '../lib/core/result'
import { createDb } from '../lib/db/client'
import { createSealer } from '../lib/keys/seal'
import type { FactorProof, StepUpAction } from '../lib/wire/auth'
import { createSoftwarePasskey, type SoftwarePasskey } from '../scripts/lib/software-passkey'
import { testDatabase } from './database'

export const ORIGIN = 'http://localhost:3000'
export const REVIEW = `sha-256:${'ab'.repeat(32)}`
const SECOND = 1_000

/** A real database with people who hold factors, and a clock that the test sets. */
export interface AuthWorld {
  runtime: AuthRuntime
  clock: { now: number }
  addPerson(roles?: string[]): Promise<string>
  /** An authenticator app, confirmed long ago. Returns its codes: `code(0)` is the one shown now. */
  addTotp(personId: string, confirmedAt?: number): Promise<{ code: (offset?: number) => string }>
  /** A passkey, confirmed long ago. */
  addPasskey(personId: string, confirmedAt?: number): Promise<SoftwarePasskey>
  /** An open ticket; returns the request's id. */
  addTicket(openedAt?: number): Promise<string>
  events(stream: string): Promise<{ type: string; body: unknown; actor: unknown }[]>
}

export async function authWorld(): Promise<AuthWorld> {
  const { url } = await testDatabase()
  const db = createDb(url, { poolMax: 8 })
  afterAll(() => db.$disconnect())
  const clock = { now: Date.parse('2026-03-14T10:00:00Z') }
  const runtime: AuthRuntime = {
    db,
    config: { publicUrl: ORIGIN },
    installation: { name: 'Osterby', domain: ORIGIN },
    sealer: createSealer('an installation secret for tests only'),
    now: () => clock.now,
    newId: (prefix) => newId(prefix, clock.now, randomBytes(10)),
    randomBytes: (length) => randomBytes(length),
  }
  const longAgo = () => clock.now - 3_600 * SECOND
  return {
    runtime,
    clock,
    addPerson: (roles = ['approver']) => addPerson(runtime, roles),
    async addTotp(personId, confirmedAt = longAgo()) {
      const secret = randomBytes(20)
      await db.totp.create({
        data: {
          personId,
          sealedSecret: runtime.sealer.seal(TOTP_SEAL_PURPOSE, personId, secret),
          createdAt: new Date(confirmedAt),
          verifiedAt: new Date(confirmedAt),
          confirmedAt: new Date(confirmedAt),
        },
      })
      return { code: (offset = 0) => codeOfStep(secret, totpStep(clock.now) + offset) }
    },
    async addPasskey(personId, confirmedAt = longAgo()) {
      const { passkey, id } = await enrolSoftwarePasskey(runtime, personId, null)
      await db.passkey.update({ where: { id }, data: { confirmedAt: new Date(confirmedAt) } })
      return passkey
    },
    addTicket: (openedAt = clock.now - 60 * SECOND) => addTicket(runtime, openedAt),
    events: (stream) =>
      db.event.findMany({
        where: { stream },
        orderBy: { ordinal: 'asc' },
        select: { type: true, body: true, actor: true },
      }),
  }
}

/** Enrols a new software passkey through the commands; it is pending unless a passkey vouches. */
export async function enrolSoftwarePasskey(
  runtime: AuthRuntime,
  personId: string,
  proof: FactorProof | null,
): Promise<{ passkey: SoftwarePasskey; id: string; isConfirmed: boolean }> {
  const passkey = createSoftwarePasskey(runtime.config.publicUrl)
  const { options } = accepted(await startPasskeyEnrolment(runtime, { personId, proof }))
  const response = passkey.register(options)
  const enrolled = accepted(await enrolPasskey(runtime, { personId, name: 'Laptop', response }))
  return { passkey, ...enrolled }
}

/** The vote's challenge, asked for as the console asks. */
export async function voteOptions(
  runtime: AuthRuntime,
  vote: { personId: string | null; requestId: string; choice?: 'approve' | 'reject' },
) {
  const { personId, requestId, choice = 'approve' } = vote
  const input = { personId, requestId, reviewDigest: REVIEW, choice }
  return accepted(await startVoteChallenge(runtime, input)).options
}

/** A passkey's proof for one change of factors. */
export async function stepUpProof(
  runtime: AuthRuntime,
  personId: string,
  passkey: SoftwarePasskey,
  action: StepUpAction,
): Promise<FactorProof> {
  const { options } = accepted(await startStepUp(runtime, { personId, action }))
  return { kind: 'passkey', assertion: passkey.sign(options) }
}

export function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`Refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}

async function addPerson(runtime: AuthRuntime, roles: string[]): Promise<string> {
  const id = runtime.newId('prs')
  await runtime.db.person.create({
    data: {
      id,
      name: `Person ${id.slice(-4)}`,
      email: `${id.toLowerCase()}@osterby.example`,
      roles,
    },
  })
  return id
}

async function addTicket(runtime: AuthRuntime, openedAt: number): Promise<string> {
  const { db } = runtime
  const ownerId = await addPerson(runtime, [])
  const callerId = runtime.newId('clr')
  const keyId = runtime.newId('key')
  await db.caller.create({
    data: { id: callerId, name: callerId, kind: 'ci_job', ownerId, audience: 'deploy' },
  })
  await db.apiKey.create({
    data: { id: keyId, callerId, name: 'key', secretHash: keyId, hint: '', createdById: ownerId },
  })
  const id = runtime.newId('req')
  await db.request.create({
    data: {
      id,
      callerId,
      keyId,
      contractDigest: REVIEW,
      contract: {},
      hashed: '{}',
      goal: 'Deploy',
      risk: 'production_control_plane',
      policyVersion: 'main@1+00000000',
      state: 'open',
      verdict: 'DEFER',
      issues: [],
      requirements: [],
      submittedAt: new Date(openedAt),
      openedAt: new Date(openedAt),
    },
  })
  return id
}
