import type { AuthRuntime } from '#lib/auth/runtime'
import { createLink, type LinkPurpose, voidFirstAdminLinks } from '#lib/auth/sign-in-link'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import type { Tx } from '#lib/db/client'
import { inTransaction } from '#lib/db/transaction'

export interface CreateSignInLinkInput {
  /** Whom it signs in. */
  personId: string
  purpose: LinkPurpose
  /** `system`: the installation itself, at first start or by mail to the person's own address. */
  by: { kind: 'system' } | { kind: 'person'; id: string }
  /** It goes to the person's own address, and nobody else sees it. */
  isMailed?: boolean
}

export interface SignInLinkCreated {
  /** Told once, never stored: 43 characters of base64url. */
  secret: string
  /** Epoch ms. */
  expiresAt: number
}

/**
 * Makes a link that signs one person in, once. Only an admin makes one for somebody else, and who did is remembered: they
 * might use it themselves, so they do not confirm that person's first factor (see confirmersOf).
 */
export function createSignInLink(
  runtime: Pick<AuthRuntime, 'db' | 'now' | 'randomBytes'>,
  input: CreateSignInLinkInput,
): Promise<Result<SignInLinkCreated>> {
  const { personId, purpose, by } = input
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    if (by.kind === 'person' && !(await isActiveAdmin(tx, by.id))) {
      const body = { purpose, person: personId }
      const stream = `person:${by.id}`
      await appendEvents(tx, [{ stream, type: 'sign_in_link.refused', actor: by, body }], now)
      return refuse('forbidden')
    }
    const person = await tx.person.findUnique({ where: { id: personId, active: true } })
    if (person === null) return refuse('not_found')
    // Each start prints one: the last of them counts.
    if (purpose === 'first_admin') await voidFirstAdminLinks(tx, now)
    const link = await createLink(tx, { personId, purpose, randomBytes: runtime.randomBytes }, now)
    const body = {
      purpose,
      expires_at: new Date(link.expiresAt).toISOString(),
      ...(input.isMailed && { by_mail: true }),
    }
    const stream = `person:${personId}`
    await appendEvents(tx, [{ stream, type: 'sign_in_link.created', actor: by, body }], now)
    return ok(link)
  })
}

async function isActiveAdmin(tx: Tx, personId: string): Promise<boolean> {
  const person = await tx.person.findUnique({
    where: { id: personId, active: true },
    select: { roles: true },
  })
  return person?.roles.includes('admin') ?? false
}
