'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { changeEndpoint } from '#lib/commands/webhook/change-endpoint'
import { createEndpoint } from '#lib/commands/webhook/create-endpoint'
import { MOST_REPLAYED, replayDeliveries } from '#lib/commands/webhook/replay-deliveries'
import { rotateSecret } from '#lib/commands/webhook/rotate-secret'
import { sendTest } from '#lib/commands/webhook/send-test'
import { setEndpointState } from '#lib/commands/webhook/set-endpoint-state'
import { deliveryView } from '#lib/queries/webhook/delivery-view'
import { getWeb } from '#lib/web'
import { instantOfLocal } from '#lib/wire/local-time'
import {
  addEndpointForm,
  changeEndpointForm,
  endpointId,
  endpointStateForm,
  replayOneForm,
  replayRangeForm,
  rotateForm,
} from '#lib/wire/webhooks'
import { guarded } from '../../_server/guarded'
import { type Answer, type NotDone, type Told, toldRefusal, UNREADABLE } from '../../_server/told'
import { counted } from '../../_ui/number-words'

/** Everything here is checked again by its command: who owns the caller, and admins, and nobody else. */

const WHOLE_MINUTE_MS = 59_999

export async function addEndpoint(
  sent: unknown,
): Promise<Answer<{ endpointId: string; secret: string }>> {
  return guarded<Answer<{ endpointId: string; secret: string }>>(async ({ personId }) => {
    const form = addEndpointForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const added = await createEndpoint(getWeb().runtime, { ...form.data, personId })
    if (!added.ok) return toldRefusal(added.refusal)
    revalidatePath('/webhooks')
    return { ok: true, value: added.value }
  })
}

export async function saveEndpoint(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = changeEndpointForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const saved = await changeEndpoint(getWeb().runtime, { ...form.data, personId })
    if (!saved.ok) return toldRefusal(saved.refusal)
    revalidatePath(pageOf(form.data.endpointId))
    return { ok: true, text: 'Saved. What waits goes to this address.' }
  })
}

export async function rotateEndpoint(sent: unknown): Promise<Answer<{ secret: string }>> {
  return guarded<Answer<{ secret: string }>>(async ({ personId }) => {
    const form = rotateForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const rotated = await rotateSecret(getWeb().runtime, { ...form.data, personId })
    if (!rotated.ok) return toldRefusal(rotated.refusal)
    revalidatePath(pageOf(form.data.endpointId))
    return { ok: true, value: { secret: rotated.value.secret } }
  })
}

export async function setEndpoint(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = endpointStateForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const { state } = form.data
    const set = await setEndpointState(getWeb().runtime, { ...form.data, personId })
    if (!set.ok) return toldRefusal(set.refusal)
    revalidatePath('/webhooks')
    // The page of one that was removed is left, not read again.
    if (state !== 'removed') revalidatePath(pageOf(form.data.endpointId))
    return { ok: true, text: STATE_TOLD[state] }
  })
}

const STATE_TOLD = {
  enabled: 'Enabled. What waited is sent now; what happened meanwhile can be replayed.',
  disabled: 'Disabled. Nothing is sent, and what waits stays.',
  removed: 'Removed. Nothing is sent there any more.',
}

/** What came of a test. */
export interface Tested {
  deliveryId: string
  status: number | null
  fault: string | null
  latencyMs: number
}

export async function testEndpoint(sent: unknown): Promise<Answer<Tested>> {
  return guarded<Answer<Tested>>(async (viewer) => {
    const id = endpointId.safeParse(sent)
    if (!id.success) return UNREADABLE
    const { runtime } = getWeb()
    const input = { endpointId: id.data, personId: viewer.personId }
    const tested = await sendTest(runtime, input)
    if (!tested.ok) return toldRefusal(tested.refusal)
    revalidatePath(pageOf(id.data))
    const { deliveryId } = tested.value
    const delivery = await deliveryView(runtime, viewer, { endpointId: id.data, deliveryId })
    const attempt = delivery?.log[0]
    if (!attempt) return NOT_SENT
    const { status, fault, latencyMs } = attempt
    return { ok: true, value: { deliveryId, status, fault, latencyMs } }
  })
}

/** Somebody disabled it in between. */
const NOT_SENT: NotDone = {
  ok: false,
  title: 'Not sent',
  text: 'The endpoint was disabled meanwhile. Enable it, then send the test again.',
}

export async function replayDelivery(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = replayOneForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const { endpointId: id, deliveryId } = form.data
    const input = { endpointId: id, personId, replay: { deliveryId } }
    const replayed = await replayDeliveries(getWeb().runtime, input)
    if (!replayed.ok) return toldRefusal(replayed.refusal)
    revalidatePath(pageOf(id))
    revalidatePath(`${pageOf(id)}/${deliveryId}`)
    return { ok: true, text: 'Queued: it is sent again now, with the same webhook-id.' }
  })
}

/** `from` and `to` are read in the zone that the page shows its times in. */
export async function replayRange(sent: unknown): Promise<Told> {
  return guarded(async ({ personId }) => {
    const form = replayRangeForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const { endpointId: id, which } = form.data
    const { runtime } = getWeb()
    const { timeZone } = runtime.config
    const from = instantOfLocal(form.data.from, timeZone)
    const to = instantOfLocal(form.data.to, timeZone) + WHOLE_MINUTE_MS
    const input = { endpointId: id, personId, replay: { from, to, which } }
    const replayed = await replayDeliveries(runtime, input)
    if (!replayed.ok) return toldRefusal(replayed.refusal)
    revalidatePath(pageOf(id))
    const { count } = replayed.value
    if (count === 0) return { ok: true, text: 'There was nothing to send in this range.' }
    const queued = `${counted(count, 'delivery', 'deliveries')} queued. They are sent now.`
    if (count < MOST_REPLAYED) return { ok: true, text: queued }
    return { ok: true, text: `${queued} There may be more: repeat it once they have arrived.` }
  })
}

const pageOf = (id: string) => `/webhooks/${id}`

/** Each field that was typed or chosen has its own sentence; the rest is written by the page itself. */
function notYet({ issues }: z.ZodError): NotDone {
  const typed = issues.filter(({ path }) => TYPED.has(String(path[0])))
  const [first] = typed
  if (!first) return UNREADABLE
  const fields = Object.fromEntries(
    typed.toReversed().map(({ path, message }) => [String(path[0]), message]),
  )
  return { ok: false, title: 'Not yet', text: first.message, fields }
}

const TYPED = new Set(['callerId', 'url', 'description', 'eventTypes', 'from', 'to', 'which'])
