import type { AuthRuntime } from '#lib/auth/runtime'
import { LINK_MS, voidLink } from '#lib/auth/sign-in-link'
import { HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import { ok, type Result, refuse } from '#lib/core/result'
import { appendEvents } from '#lib/db/append-events'
import { inTransaction } from '#lib/db/transaction'
import { signInMail } from '#lib/notify/mail/sign-in-mail'
import type { Runtime } from '#lib/runtime'
import { type CreateSignInLinkInput, createSignInLink } from './create-sign-in-link'

export interface MailSignInLinkInput {
  personId: string
  /** `sign_in`: they asked for it, and it lives 15 minutes. `invite`: an admin did, and it lives a day. */
  purpose: 'sign_in' | 'invite'
  by: CreateSignInLinkInput['by']
}

export interface SignInLinkMailed {
  /** Where it went: the person's own address. */
  email: string
  /** Epoch ms. */
  expiresAt: number
}

export type MailRuntime = Pick<
  AuthRuntime,
  'db' | 'now' | 'randomBytes' | 'config' | 'installation'
> &
  Pick<Runtime, 'log' | 'mail'>

/**
 * Mails somebody a link that signs them in, once. The secret is in the mail alone: no job, log or audit entry has it, and whoever
 * asked for it does not see it.
 * @returns refusals of `createSignInLink`, and `mail_not_sent` with the link void and the failure on the person's stream
 * @throws where mail is not set up (`runtime.mail` is null)
 */
export async function mailSignInLink(
  runtime: MailRuntime,
  { personId, purpose, by }: MailSignInLinkInput,
): Promise<Result<SignInLinkMailed>> {
  const { db, mail, config, installation } = runtime
  if (mail === null) throw new Error('Mail is not set up')
  const made = await createSignInLink(runtime, { personId, purpose, by, isMailed: true })
  if (!made.ok) return made
  const { secret, expiresAt } = made.value
  const person = await db.person.findUniqueOrThrow({ where: { id: personId } })
  const message = signInMail({
    to: { name: person.name, address: person.email },
    organisation: installation.name,
    link: `${config.publicUrl}/sign-in/link#${secret}`,
    lives: spanOf(LINK_MS[purpose]),
    invitedBy: purpose === 'invite' ? await nameOf(runtime, by) : null,
  })
  try {
    await mail.send(message)
  } catch (error) {
    runtime.log.warn({ error, person: personId }, 'a sign-in link could not be mailed')
    await tellNotSent(runtime, { personId, purpose, secret })
    return refuse('mail_not_sent')
  }
  return ok({ email: person.email, expiresAt })
}

async function tellNotSent(
  { db, now }: MailRuntime,
  { personId, purpose, secret }: { personId: string; purpose: string; secret: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await voidLink(tx, secret, now())
    const actor = { kind: 'system' } as const
    const stream = `person:${personId}`
    const event = { stream, type: 'sign_in_link.not_sent', actor, body: { purpose } }
    await appendEvents(tx, [event], now())
  })
}

async function nameOf(
  { db, installation }: MailRuntime,
  by: MailSignInLinkInput['by'],
): Promise<string> {
  if (by.kind === 'system') return installation.name
  return (await db.person.findUniqueOrThrow({ where: { id: by.id } })).name
}

function spanOf(ms: number): string {
  return ms < HOUR_MS ? `${ms / MINUTE_MS} minutes` : `${ms / HOUR_MS} hours`
}
