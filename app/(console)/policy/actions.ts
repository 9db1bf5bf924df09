'use server'

import { revalidatePath } from 'next/cache'
import { makeChange } from '#lib/commands/change/make-change'
import { checkPolicy } from '#lib/commands/publish-policy'
import type { Refusal } from '#lib/core/refusals'
import { textDifference } from '#lib/queries/policy/text-difference'
import { getWeb } from '#lib/web'
import { policyProposalForm } from '#lib/wire/policy'
import type { DifferenceView } from '#lib/wire/views/history'
import { guardedFactor } from '../../_server/guarded'
import { type Answer, type NotDone, toldRefusal, UNREADABLE } from '../../_server/told'

/** `problems`: each with its line, where it has one. */
export type PolicyRefused = NotDone & { problems?: readonly string[] }

/** Whether a text could be the next version, and what it would change; nothing is written. */
export async function checkProposal(
  sent: unknown,
): Promise<Answer<DifferenceView> | PolicyRefused> {
  return guardedFactor<Answer<DifferenceView> | PolicyRefused>(async ({ roles }) => {
    if (!roles.includes('admin') && !roles.includes('policy_editor')) return NO_EDITOR
    const form = policyProposalForm.safeParse({ change: sent, proof: null })
    if (!form.success) return refusedForm(form.error.issues)
    const { change } = form.data
    if (change.kind !== 'policy.publish') return UNREADABLE
    const { db, policies } = getWeb().runtime
    const checked = await checkPolicy(db, change.source, policies.name)
    if (!checked.ok) return refused(checked.refusal)
    const { replaces } = checked.value
    if (replaces !== change.replaces) return OUTDATED
    const current = await db.policyVersion.findUnique({ where: { version: replaces } })
    return { ok: true, value: textDifference(current?.source ?? '', change.source) }
  })
}

export type PolicyProposed = { ok: true; text: string; requestId: string | null } | PolicyRefused

/** Proposes a version to another admin; the command checks who may. */
export async function proposePolicy(sent: unknown): Promise<PolicyProposed> {
  return guardedFactor<PolicyProposed>(async ({ personId }) => {
    const form = policyProposalForm.safeParse(sent)
    if (!form.success) return refusedForm(form.error.issues)
    const { change, proof } = form.data
    const made = await makeChange(getWeb().runtime, { personId, change, proof })
    if (!made.ok) return refused(made.refusal)
    revalidatePath('/policy')
    const { value } = made
    if (value.state === 'proposed') return { ok: true, text: WAITS, requestId: value.requestId }
    return { ok: true, text: ALONE, requestId: null }
  })
}

function refused(refusal: Refusal): PolicyRefused {
  const { fields: _all, ...told } = toldRefusal(refusal)
  const problems = refusal.fields?.map(problemText)
  return problems ? { ...told, problems } : told
}

/** What is not there has no line: its name says where it belongs. */
function problemText({ path, message }: { path: string; message: string }): string {
  const isPlaced = path === '' || /^Line \d+: /u.test(message)
  return isPlaced ? message : `${path.slice(1).replaceAll('/', ' › ')}: ${message}`
}

function refusedForm(issues: readonly { path: PropertyKey[]; message: string }[]): PolicyRefused {
  if (issues.some(({ path }) => path.includes('code'))) {
    const code = 'Type the six digits your app shows now.'
    return { ok: false, title: 'Not yet', text: code, fields: { code } }
  }
  const text = issues.find(({ path }) => path.includes('source'))
  return text ? { ok: false, title: 'Not yet', text: text.message } : UNREADABLE
}

const WAITS = 'Nothing has changed yet: it waits for another admin.'
const ALONE = 'Published. Dual control is off, and the record says so.'
const NO_EDITOR: NotDone = {
  ok: false,
  title: 'Only policy editors and admins propose policy',
  text: 'Ask one of them: the page of people says who they are.',
}
const OUTDATED: NotDone = {
  ok: false,
  title: 'Another version was published meanwhile',
  text: 'Open this page in another tab and take your changes over to the version in force. What you typed is still here.',
}
