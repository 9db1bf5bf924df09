import { type MailRuntime, mailSignInLink } from './mail-sign-in-link'

/**
 * Mails a sign-in link to whoever here has this address, and does nothing where nobody has: which of both is told to nobody who
 * asks. Called after the answer went out, so that its time tells nothing either.
 */
export async function askForLink(
  runtime: MailRuntime,
  { email }: { email: string },
): Promise<void> {
  const person = await runtime.db.person.findUnique({
    where: { email: email.toLowerCase(), active: true },
    select: { id: true },
  })
  if (person === null) return
  // A failure is on the person's stream and in the log.
  await mailSignInLink(runtime, {
    personId: person.id,
    purpose: 'sign_in',
    by: { kind: 'system' },
  })
}
