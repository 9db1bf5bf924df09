'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { makeChange } from '#lib/commands/change/make-change'
import { unlockCodes } from '#lib/commands/factor/unlock-codes'
import { createSignInLink } from '#lib/commands/session/create-sign-in-link'
import { mailSignInLink } from '#lib/commands/session/mail-sign-in-link'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { leavingView } from '#lib/queries/people/leaving-view'
import { personOfEmail } from '#lib/queries/people/person-of-email'
import { unmetAfter } from '#lib/queries/people/unmet'
import { getWeb } from '#lib/web'
import { accountForm } from '#lib/wire/auth'
import { type ChangeForm, inviteForm } from '#lib/wire/change'
import { directoryChange, directoryChangeForm, personId } from '#lib/wire/people'
import type { ChangePreview } from '#lib/wire/views/people'
import { type ChangeTold, changeTold } from '../../_server/change-told'
import { guarded, guardedAdmin, guardedFactor } from '../../_server/guarded'
import {
  type Answer,
  NOT_ADMIN,
  type NotDone,
  RECOVERED,
  type Told,
  toldRefusal,
  UNREADABLE,
  unreadable,
} from '../../_server/told'

/** A link that signs somebody in: mailed to them, or where no mail is sent told once to whoever made it. */
export type LinkMade = ({ url: string; mailedTo: null } | { url: null; mailedTo: string }) & {
  /** RFC 3339. */
  endsAt: string
}

/** An admin ends anybody's link, everybody their own. */
export async function unlinkPerson(sent: unknown): Promise<Told> {
  return guarded(async (viewer) => {
    const id = personId.safeParse(sent)
    if (!id.success) return UNREADABLE
    if (id.data !== viewer.personId && !viewer.roles.includes('admin')) return NOT_ADMIN
    const input = { personId: id.data, byPersonId: viewer.personId }
    const ended = await unlinkSlack(getWeb().runtime, input)
    readAgain(id.data)
    if (!ended.ok) return toldRefusal(ended.refusal)
    return { ok: true, text: ended.value.wasLinked ? UNLINKED : WAS_NOT_LINKED }
  })
}

/** An admin ends the lock of somebody's codes; the command checks that they may. */
export async function unlock(sent: unknown): Promise<Told> {
  return guardedFactor(async (viewer) => {
    const form = accountForm.safeParse(sent)
    if (!form.success) return unreadable(form.error)
    const by = { kind: 'person', id: viewer.personId, proof: form.data.proof } as const
    const done = await unlockCodes(getWeb().runtime, { personId: form.data.personId, by })
    readAgain(form.data.personId)
    if (!done.ok) return toldRefusal(done.refusal)
    return { ok: true, text: done.value.wasLocked ? UNLOCKED : WAS_NOT_LOCKED }
  })
}

/** One change of people or groups: done, or proposed to another admin. The command checks who may. */
export async function makeItSo(sent: unknown): Promise<ChangeTold> {
  return guardedAdmin<ChangeTold>(async (viewer) => {
    if (viewer.method === 'recovery') return RECOVERED
    const form = directoryChangeForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const { runtime } = getWeb()
    const { change, proof } = form.data
    const unmet = await unmetAfter(runtime, change)
    const made = await makeChange(runtime, { personId: viewer.personId, change, proof })
    if (!made.ok) return toldRefusal(made.refusal)
    readAgainAfter(change)
    return changeTold(made.value, unmet)
  })
}

/** What a change would end and leave behind, before anybody is asked. */
export async function previewChange(sent: unknown): Promise<Answer<ChangePreview>> {
  return guardedAdmin<Answer<ChangePreview>>(async () => {
    const change = directoryChange.safeParse(sent)
    if (!change.success) return UNREADABLE
    const { runtime } = getWeb()
    const [unmet, leaving] = await Promise.all([
      unmetAfter(runtime, change.data),
      change.data.kind === 'people.deactivate' ? leavingView(runtime, change.data.person) : null,
    ])
    return { ok: true, value: { unmet, leaving } }
  })
}

/** Adds somebody without a role and makes them a link. Roles are proposed by the page, once there is whom to give them to. */
export async function invite(
  sent: unknown,
): Promise<Answer<{ id: string; name: string; link: LinkMade }>> {
  return guardedAdmin<Answer<{ id: string; name: string; link: LinkMade }>>(async (viewer) => {
    if (viewer.method === 'recovery') return RECOVERED
    const form = inviteForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const { runtime } = getWeb()
    const made = await makeChange(runtime, {
      personId: viewer.personId,
      change: form.data,
      proof: null,
    })
    if (!made.ok) return toldRefusal(made.refusal)
    const id = await personOfEmail(runtime.db, form.data.email)
    if (id === null) return UNREADABLE
    const link = await linkFor(viewer.personId, id, 'invite')
    readAgain(id)
    return link.ok ? { ok: true, value: { id, name: form.data.name, link: link.value } } : link
  })
}

/** For somebody who has nothing left to sign in with, or did not use the first link in time. */
export async function makeLink(sent: unknown): Promise<Answer<LinkMade>> {
  return guardedAdmin<Answer<LinkMade>>(async (viewer) => {
    if (viewer.method === 'recovery') return RECOVERED
    const id = personId.safeParse(sent)
    if (!id.success) return UNREADABLE
    return await linkFor(viewer.personId, id.data, 'sign_in')
  })
}

async function linkFor(
  byPersonId: string,
  id: string,
  purpose: 'sign_in' | 'invite',
): Promise<Answer<LinkMade>> {
  const { runtime } = getWeb()
  const by = { kind: 'person', id: byPersonId } as const
  if (runtime.mail !== null) {
    const mailed = await mailSignInLink(runtime, { personId: id, purpose, by })
    if (mailed.ok) {
      const { email, expiresAt } = mailed.value
      const endsAt = new Date(expiresAt).toISOString()
      return { ok: true, value: { url: null, mailedTo: email, endsAt } }
    }
    // What the mail server does not take is handed over by hand.
    if (mailed.refusal.code !== 'mail_not_sent') return toldRefusal(mailed.refusal)
  }
  const made = await createSignInLink(runtime, { personId: id, purpose: 'sign_in', by })
  if (!made.ok) return toldRefusal(made.refusal)
  const { secret, expiresAt } = made.value
  const url = `${runtime.config.publicUrl}/sign-in/link#${secret}`
  return { ok: true, value: { url, mailedTo: null, endsAt: new Date(expiresAt).toISOString() } }
}

function readAgain(id: string): void {
  revalidatePath('/people')
  revalidatePath(`/people/${id}`)
}

function readAgainAfter(change: ChangeForm): void {
  if ('person' in change) readAgain(change.person)
  revalidatePath('/groups')
  if ('group' in change) revalidatePath(`/groups/${change.group}`)
}

/** Each field that was typed or chosen has its own sentence; the rest is written by the page itself. */
function notYet({ issues }: z.ZodError): NotDone {
  const typed = issues.filter(({ path }) => TYPED.has(String(path.at(-1))))
  const [first] = typed
  if (!first) return UNREADABLE
  const fields = Object.fromEntries(
    typed.toReversed().map(({ path, message }) => {
      const field = String(path.at(-1))
      return [field, field === 'code' ? 'Type the six digits your app shows now.' : message]
    }),
  )
  return { ok: false, title: 'Not yet', text: first.message, fields }
}

const TYPED = new Set(['name', 'email', 'group', 'label', 'person', 'until', 'code'])

const UNLOCKED = 'Unlocked, and told to them. The next lock will last longer.'
const WAS_NOT_LOCKED = 'Their codes were not locked any more.'
const UNLINKED = 'Unlinked. What the Slack user does next is refused; votes given by it stand.'
const WAS_NOT_LINKED = 'There was no link any more.'
