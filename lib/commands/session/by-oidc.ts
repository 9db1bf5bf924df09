import { tellAccount } from '#lib/auth/account-news'
import { spendNonce } from '#lib/auth/challenge'
import type { OidcClaims } from '#lib/auth/oidc-claims'
import type { AuthRuntime } from '#lib/auth/runtime'
import { DAY_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { lockTighten } from '#lib/db/tighten'
import { mapGroups } from './map-groups'

export interface IdentifiedByOidc {
  personId: string
  /** Groups that the issuer's claim maps to and that nobody made here. */
  unknownGroups: readonly string[]
}

const SYSTEM = { kind: 'system' } as const

/**
 * Whom the issuer means. A subject that is linked decides alone, whatever address it has now. One that is not is linked by an
 * address: a verified one, of somebody active here, who is linked to no other subject of this issuer. Nobody is created.
 * @returns refusal `unauthenticated`; where somebody here is concerned, their stream tells why
 */
export async function byOidc(
  runtime: Pick<AuthRuntime, 'newId'>,
  tx: Tx,
  claims: OidcClaims,
  now: number,
): Promise<Result<IdentifiedByOidc>> {
  // Leaving a group tightens: releases and redemptions under way finish first.
  if (claims.groups !== null) await lockTighten(tx)
  const nonce = { id: runtime.newId('chl'), text: `${claims.issuer} ${claims.nonce}` }
  if (!(await spendNonce(tx, nonce, now))) {
    return refuse('unauthenticated', { detail: 'This answer of the issuer was used before.' })
  }
  const linked = await linkedPerson(tx, claims)
  const identified = linked ? await ifActive(tx, linked, now) : await link(tx, claims, now)
  if (!identified.ok) return identified
  const personId = identified.value
  const { groups, issuer } = claims
  const unknownGroups =
    groups === null ? [] : await mapGroups(tx, { personId, groups, issuer }, now)
  return ok({ personId, unknownGroups })
}

interface LinkedPerson {
  id: string
  active: boolean
}

async function linkedPerson(tx: Tx, { issuer, subject }: OidcClaims): Promise<LinkedPerson | null> {
  const row = await tx.oidcIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { person: { select: { id: true, active: true } } },
  })
  return row?.person ?? null
}

async function ifActive(tx: Tx, { id, active }: LinkedPerson, now: number) {
  if (active) return ok(id)
  return await refused(tx, id, 'deactivated', now)
}

/** Addresses are stored in lower case. */
async function link(tx: Tx, claims: OidcClaims, now: number): Promise<Result<string>> {
  const { issuer, subject, email, emailVerified } = claims
  const person = await tx.person.findUnique({
    where: { email: email.toLowerCase() },
    select: { id: true, active: true },
  })
  if (person === null) return refuse('unauthenticated')
  if (!emailVerified) return await refused(tx, person.id, 'address_not_verified', now)
  if (!person.active) return await refused(tx, person.id, 'deactivated', now)
  const row = { issuer, subject, personId: person.id, linkedAt: new Date(now) }
  const { count } = await tx.oidcIdentity.createMany({ data: [row], skipDuplicates: true })
  if (count === 0) {
    // The same subject at the same moment, or another one for the same person.
    const other = await linkedPerson(tx, claims)
    return other ? await ifActive(tx, other, now) : await refusedOther(tx, person.id, claims, now)
  }
  const stream = `person:${person.id}`
  const body = { issuer, subject }
  const event = { stream, type: 'oidc_identity.linked', actor: SYSTEM, body }
  await tellAccount(tx, [event], now)
  return ok(person.id)
}

/** Somebody else has this person's address at the issuer now, or the person has a second account there: a human looks at it. */
async function refusedOther(
  tx: Tx,
  personId: string,
  { issuer, subject }: OidcClaims,
  now: number,
): Promise<Result<never>> {
  const stream = `person:${personId}`
  const type = 'oidc_identity.refused'
  const event = { stream, type, actor: SYSTEM, body: { issuer, subject } }
  // Who tries again and again is on record each time, and told of once a day.
  const since = { gte: new Date(now - DAY_MS) }
  const told = await tx.event.findFirst({
    where: { stream, type, at: since, body: { path: ['subject'], equals: subject } },
    select: { seq: true },
  })
  await (told === null ? tellAccount : appendEvents)(tx, [event], now)
  return refuse('unauthenticated')
}

async function refused(
  tx: Tx,
  personId: string,
  reason: 'deactivated' | 'address_not_verified',
  now: number,
): Promise<Result<never>> {
  const stream = `person:${personId}`
  const body = { method: 'oidc', reason }
  await appendEvents(tx, [{ stream, type: 'sign_in.refused', actor: SYSTEM, body }], now)
  return refuse('unauthenticated')
}
