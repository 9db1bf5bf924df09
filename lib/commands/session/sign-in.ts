import { tellAccount } from '#lib/auth/account-news'
import type { OidcClaims } from '#lib/auth/oidc-claims'
import { checkPasskey } from '#lib/auth/passkey'
import { countRecoveryCodes, ownerOfRecoveryCode, spendRecoveryCode } from '#lib/auth/recovery-code'
import type { AuthRuntime } from '#lib/auth/runtime'
import { createSession, type SignInMethod } from '#lib/auth/session'
import { consumeLink, ownerOfLink, voidFirstAdminLinks } from '#lib/auth/sign-in-link'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'
import type { PasskeyAssertion } from '#lib/wire/auth'
import { byOidc } from './by-oidc'

export type SignInInput = { userAgent: string | null } & (
  | { method: 'link'; secret: string }
  | { method: 'passkey'; assertion: PasskeyAssertion }
  | { method: 'recovery'; email: string; code: string }
  | { method: 'oidc'; claims: OidcClaims }
)

export interface SessionStarted {
  /** Goes into the session cookie; the row decides on every call. */
  sessionId: string
  personId: string
  /** Epoch ms. */
  expiresAt: number
  /** Single sign-on: groups that its claim maps to and that nobody made here. */
  unknownGroups: readonly string[]
}

interface Identified {
  personId: string
  unknownGroups?: readonly string[]
}

/**
 * Signs a person in and starts a session. There is one answer for every refusal; a known person's stream tells the reason.
 * Signing in proves no vote: that takes a factor each time.
 */
export function signIn(runtime: AuthRuntime, input: SignInInput): Promise<Result<SessionStarted>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const identified = await identify(runtime, tx, input, now)
    if (!identified.ok) return identified
    const { personId, unknownGroups = [] } = identified.value
    const id = runtime.newId('ses')
    const { method, userAgent } = input
    const expiresAt = await createSession(tx, { id, personId, method, userAgent }, now)
    const actor = { kind: 'person', id: personId } as const
    const body = { session: id, method, expires_at: new Date(expiresAt).toISOString() }
    await appendEvents(
      tx,
      [{ stream: `person:${personId}`, type: 'session.started', actor, body }],
      now,
    )
    if (await isAdmin(tx, personId)) await voidFirstAdminLinks(tx, now)
    return ok({ sessionId: id, personId, expiresAt, unknownGroups })
  })
}

async function identify(
  runtime: AuthRuntime,
  tx: Tx,
  input: SignInInput,
  now: number,
): Promise<Result<Identified>> {
  switch (input.method) {
    case 'link':
      return await byLink(tx, input.secret, now)
    case 'passkey':
      return await byPasskey(runtime, tx, input.assertion, now)
    case 'recovery':
      return await byRecoveryCode(tx, input, now)
    case 'oidc':
      return await byOidc(runtime, tx, input.claims, now)
  }
}

async function byLink(tx: Tx, secret: string, now: number): Promise<Result<Identified>> {
  const link = await consumeLink(tx, secret, now)
  if (link.ok) return ok({ personId: link.value.personId })
  const ownerId = await ownerOfLink(tx, secret)
  if (ownerId !== null) await tellRefused(tx, ownerId, 'link', now)
  return link
}

/**
 * One of the codes that a person keeps on paper. The session does nothing that asks for a factor. Only a code that somebody was
 * given is told on a stream when it is refused: what a stranger makes up fills nobody's record.
 */
async function byRecoveryCode(
  tx: Tx,
  typed: { email: string; code: string },
  now: number,
): Promise<Result<Identified>> {
  const personId = await spendRecoveryCode(tx, typed, now)
  if (personId === null) {
    const ownerId = await ownerOfRecoveryCode(tx, typed.code)
    if (ownerId !== null) await tellRefused(tx, ownerId, 'recovery', now)
    return refuse('unauthenticated', { detail: 'The address or the code was not accepted.' })
  }
  const left = await countRecoveryCodes(tx, personId)
  // Who typed it is not known: paper can be in anybody's hands.
  const actor = { kind: 'system' } as const
  const stream = `person:${personId}`
  await tellAccount(tx, [{ stream, type: 'recovery_code.used', actor, body: { left } }], now)
  return ok({ personId })
}

/** A refused passkey was told by checkPasskey; the visitor hears no more than that it failed. */
async function byPasskey(
  runtime: AuthRuntime,
  tx: Tx,
  assertion: PasskeyAssertion,
  now: number,
): Promise<Result<Identified>> {
  const used = await checkPasskey(
    runtime,
    tx,
    {
      assertion,
      purpose: 'sign_in',
      personId: null,
      confirmedBefore: Number.POSITIVE_INFINITY,
      isFor: () => true,
    },
    now,
  )
  if (!used.ok) return refuse('unauthenticated', { detail: 'The passkey was not accepted.' })
  return ok({ personId: used.value.personId })
}

async function isAdmin(tx: Tx, personId: string): Promise<boolean> {
  const person = await tx.person.findUnique({ where: { id: personId }, select: { roles: true } })
  return person?.roles.includes('admin') ?? false
}

async function tellRefused(
  tx: Tx,
  personId: string,
  method: SignInMethod,
  now: number,
): Promise<void> {
  // Who tried is not known: a link can be in anybody's hands.
  const actor = { kind: 'system' } as const
  const stream = `person:${personId}`
  await appendEvents(tx, [{ stream, type: 'sign_in.refused', actor, body: { method } }], now)
}
