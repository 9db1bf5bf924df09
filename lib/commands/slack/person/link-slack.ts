import { tellAccount } from '#lib/auth/account-news'
import type { AuthRuntime } from '#lib/auth/runtime'
import { peekSlackLinkCode, SPENT, spendSlackLinkCode } from '#lib/auth/slack-link-code'
import { stepUp } from '#lib/auth/step-up'
import { ok, type Refused, type Result, refuse } from '#lib/core/result'
import type { Tx } from '#lib/db/client'
import { wakeForPerson } from '#lib/db/slack-announcements'
import { inTransaction, isUniqueViolation } from '#lib/db/transaction'
import { liveLinkOfPerson, liveLinkOfUser } from '#lib/queries/slack/live-link'
import type { FactorProof } from '#lib/wire/auth'
import type { SlackUser } from '#lib/wire/slack/buttons'

export interface LinkSlackInput {
  /** From the address that the Slack user was given. */
  secret: string
  /** Who is signed in and says that the Slack user is theirs. */
  personId: string
  /** A factor of theirs: a session that was stolen must not leave somebody else's Slack user behind. */
  proof: FactorProof | null
}

export interface SlackLinked {
  linkId: string
  userName: string
}

/**
 * Links a Slack user to a person: from now on what the one does in Slack, the other did. Exactly one each; nothing is taken
 * from somebody else, and a link is never replaced unasked.
 * @returns refusals `unauthenticated` (code unknown, used, expired), `already_linked`, `forbidden` (no longer active), and those of
 * a factor (`mfa_required`, `mfa_failed`, `mfa_locked`)
 */
export async function linkSlack(
  runtime: AuthRuntime,
  input: LinkSlackInput,
): Promise<Result<SlackLinked>> {
  try {
    return await linkOnce(runtime, input)
  } catch (error) {
    // Another link came between the look and the insert: it is there now, and told.
    if (!isUniqueViolation(error)) throw error
    return await linkOnce(runtime, input)
  }
}

function linkOnce(
  runtime: AuthRuntime,
  { secret, personId, proof }: LinkSlackInput,
): Promise<Result<SlackLinked>> {
  const now = runtime.now()
  return inTransaction(runtime.db, async (tx) => {
    const person = await tx.person.findUnique({ where: { id: personId, active: true } })
    if (!person) return refuse('forbidden')
    const asked = await peekSlackLinkCode(tx, secret, now)
    if (!asked.ok) return asked
    const { user, userName } = asked.value
    const taken = await whyTaken(tx, { user, personId })
    if (taken) return taken
    const action = { action: 'link_slack', user } as const
    const vouched = await stepUp(runtime, tx, { personId, proof, action }, now)
    if (!vouched.ok) return vouched
    if (!(await spendSlackLinkCode(tx, secret, now))) {
      return refuse('unauthenticated', { detail: SPENT })
    }
    const linkId = runtime.newId('slk')
    await tx.slackLink.create({
      data: { id: linkId, personId, ...user, userName, linkedAt: new Date(now) },
    })
    const event = {
      stream: `person:${personId}`,
      type: 'slack.linked',
      actor: { kind: 'person' as const, id: personId },
      body: {
        link: linkId,
        enterprise: user.enterpriseId,
        team: user.teamId,
        user: user.userId,
        name: userName,
      },
    }
    await tellAccount(tx, [event], now)
    await wakeForPerson(tx, personId)
    return ok({ linkId, userName })
  })
}

/** A code is left unspent by a refusal: after unlinking it may be used still. */
async function whyTaken(
  tx: Tx,
  { user, personId }: { user: SlackUser; personId: string },
): Promise<Refused | null> {
  const ofUser = await liveLinkOfUser(tx, user)
  if (ofUser && ofUser.personId !== personId) {
    return refuse('already_linked', {
      detail: `This Slack user is linked to ${ofUser.person.name}. They or an admin have to unlink it first.`,
    })
  }
  if (ofUser) return refuse('already_linked', { detail: 'This Slack user is yours already.' })
  const ofPerson = await liveLinkOfPerson(tx, personId)
  if (!ofPerson) return null
  return refuse('already_linked', {
    detail: `You are linked to the Slack user ${ofPerson.userName} (${ofPerson.userId}). Unlink it on your account page first.`,
  })
}
