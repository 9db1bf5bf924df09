'use server'

import { revalidatePath } from 'next/cache'
import { publishRouting } from '#lib/commands/slack/workspace/publish-routing'
import { removeWorkspace } from '#lib/commands/slack/workspace/remove-workspace'
import { sendTestMessage } from '#lib/commands/slack/workspace/send-test-message'
import type { Refusal } from '#lib/core/refusals'
import { getWeb } from '#lib/web'
import { routingForm, testMessageForm } from '#lib/wire/slack/setup'
import { guardedAdmin } from '../../_server/guarded'
import { type NotDone, type Told, toldRefusal, UNREADABLE } from '../../_server/told'

/** What was typed stays in the form; a version is only ever added. */
export async function saveRouting(sent: unknown): Promise<Told> {
  return guardedAdmin(async ({ personId }) => {
    const form = routingForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const input = { source: form.data.source, personId }
    const saved = await publishRouting(getWeb().runtime, input)
    if (!saved.ok) return toldProblems(saved.refusal)
    revalidatePath('/slack')
    return { ok: true, text: `Saved as version ${saved.value.ordinal}. It counts from now on.` }
  })
}

export async function sendTest(sent: unknown): Promise<Told> {
  return guardedAdmin(async ({ personId }) => {
    const form = testMessageForm.safeParse(sent)
    if (!form.success) {
      const text = form.error.issues[0]?.message ?? ''
      return { ok: false, title: 'Not sent', text, fields: { channel: text } }
    }
    const { channel } = form.data
    const done = await sendTestMessage(getWeb().runtime, { channel, byPersonId: personId })
    revalidatePath('/slack')
    if (!done.ok) return toldRefusal(done.refusal)
    return { ok: true, text: `Sent to ${channel}. Look there: Countersign says that it can post.` }
  })
}

export async function removeApp(): Promise<Told> {
  return guardedAdmin(async ({ personId }) => {
    const removed = await removeWorkspace(getWeb().runtime, { byPersonId: personId })
    revalidatePath('/slack')
    if (!removed.ok) return toldRefusal(removed.refusal)
    return { ok: true, text: removed.value.isRevoked ? REMOVED : NOT_REVOKED }
  })
}

const REMOVED = 'Removed. Slack takes nothing from Countersign any more.'
const NOT_REVOKED =
  'Forgotten here, but Slack could not be reached: remove the app in Slack’s own settings too.'

/** All errors of the document stand at its one field, each with its line. */
function toldProblems(refusal: Refusal): NotDone {
  const told = toldRefusal(refusal)
  const problems = refusal.fields ?? []
  if (problems.length === 0) return told
  const text = problems.map(({ message }) => message).join('\n')
  return { ...told, fields: { source: text } }
}
