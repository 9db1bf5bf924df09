'use server'

import { revalidatePath } from 'next/cache'
import { addEvidence } from '#lib/commands/evidence/add-evidence'
import { endEvidence } from '#lib/commands/evidence/end-evidence'
import { revokeGrant } from '#lib/commands/grant/revoke-grant'
import { cancelRequest } from '#lib/commands/request/cancel-request'
import type { Result } from '#lib/core/result'
import { activePersonName } from '#lib/queries/person-name'
import { getWeb } from '#lib/web'
import { EVIDENCE_BODIES, EVIDENCE_LABELS, rollbackPlan } from '#lib/wire/evidence'
import { ticketReason } from '#lib/wire/vote'
import { type NotDone, type Told, toldRefusal } from '../../../_server/told'
import { type FormedType, isFormedType } from './evidence-fields'
import { onTicket } from './on-ticket'
import { readEvidence, toldEvidenceProblems } from './read-evidence'
import { readPlan, toldPlanProblems } from './read-plan'

export async function attachPlan(requestId: string, form: FormData): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    const { runtime } = getWeb()
    const owner = await activePersonName(runtime, String(form.get('owner') ?? ''))
    const plan = rollbackPlan.safeParse(readPlan(form, owner))
    if (!plan.success) return toldPlanProblems(plan.error.issues)
    const done = await addEvidence(runtime, {
      requestId,
      actor: { kind: 'person', id: personId },
      type: 'rollback_plan',
      body: plan.data,
      channel: 'web',
    })
    return settle(requestId, done, 'Rollback plan attached.')
  })
}

export async function attachEvidence(
  requestId: string,
  type: FormedType,
  form: FormData,
): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    if (!isFormedType(type)) return toldRefusal({ code: 'evidence_type_unknown' })
    const body = EVIDENCE_BODIES[type].safeParse(readEvidence(type, form))
    if (!body.success) return toldEvidenceProblems(type, body.error.issues)
    const done = await addEvidence(getWeb().runtime, {
      requestId,
      actor: { kind: 'person', id: personId },
      type,
      body: body.data,
      channel: 'web',
    })
    return settle(requestId, done, `${EVIDENCE_LABELS[type]} attached.`)
  })
}

export async function withdrawEvidence(requestId: string, evidenceId: string): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    const input = { requestId, evidenceId, personId, how: { kind: 'withdraw' } } as const
    return settle(requestId, await endEvidence(getWeb().runtime, input), 'Evidence withdrawn.')
  })
}

export async function rejectEvidence(
  requestId: string,
  evidenceId: string,
  form: FormData,
): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    const reason = readReason(form)
    if (!reason) return NO_REASON
    const input = { requestId, evidenceId, personId, how: { kind: 'reject', reason } } as const
    return settle(requestId, await endEvidence(getWeb().runtime, input), 'Evidence rejected.')
  })
}

export async function revoke(requestId: string, form: FormData): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    const actor = { kind: 'person', id: personId } as const
    const input = { requestId, actor, reason: readReason(form) }
    return settle(
      requestId,
      await revokeGrant(getWeb().runtime, input),
      'Grant revoked. Nothing ran and nothing can.',
    )
  })
}

export async function cancel(requestId: string, form: FormData): Promise<Told> {
  return onTicket(requestId, async (personId) => {
    const actor = { kind: 'person', id: personId } as const
    const input = { requestId, actor, reason: readReason(form) }
    return settle(
      requestId,
      await cancelRequest(getWeb().runtime, input),
      'Request cancelled. Nothing ran.',
    )
  })
}

const NO_REASON: NotDone = {
  ok: false,
  title: 'Say why',
  text: 'The author reads it, so that the next one is better. Nothing was recorded yet.',
  fields: { reason: 'Write a reason of up to 500 characters.' },
}

function readReason(form: FormData): string | null {
  const reason = ticketReason.safeParse(form.get('reason') ?? '')
  return reason.success && reason.data !== '' ? reason.data : null
}

/** Refused or done, the answer brings the page along as it is now. */
function settle(requestId: string, result: Result<unknown>, done: string): Told {
  revalidatePath(`/tickets/${requestId}`)
  return result.ok ? { ok: true, text: done } : toldRefusal(result.refusal)
}
