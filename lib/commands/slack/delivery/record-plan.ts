import type { Tx } from '#lib/db/client'
import { joinWaiting, releaseCards, wakeNextEqual } from '#lib/db/slack-announcements'
import type { Runtime } from '#lib/runtime'
import { NO_LONGER_REACHABLE } from '#lib/wire/delivery-whys'
import type { AnnounceState, NewMessage, Plan, Step, Watch } from './plan/types'

export interface RecordInput {
  state: AnnounceState
  plan: Plan
  shareKey: string
  callerId: string
  alertsChannel: string | null
  /** Epoch ms. */
  now: number
}

/** Writes what a plan wants to exist, in the transaction in which its state was read. Slack is told after it. */
export async function recordPlan(
  tx: Tx,
  runtime: Pick<Runtime, 'newId'>,
  input: RecordInput,
): Promise<void> {
  const { state, plan } = input
  for (const step of plan.steps) await recordStep(tx, runtime, input, step)
  const { requestId } = state
  if (plan.drop.length > 0) {
    await tx.slackDelivery.deleteMany({ where: { requestId, target: { in: plan.drop } } })
  }
  if (plan.withdraw.length > 0) {
    await tx.slackDelivery.updateMany({
      where: { requestId, target: { in: plan.withdraw } },
      data: {
        messageId: null,
        state: 'failed',
        why: NO_LONGER_REACHABLE,
      },
    })
  }
  if (plan.alert !== null && input.alertsChannel !== null) {
    const message = { kind: 'alert', channelId: input.alertsChannel, occasion: plan.alert } as const
    await tx.slackMessage.create({ data: messageRow(runtime, input, message) })
  }
  await recordWatch(tx, input)
  if (!state.isOpen) await makeRoom(tx, input)
}

/** Whoever shared the card, or waited behind it, comes next. */
async function makeRoom(tx: Tx, { state, plan, shareKey }: RecordInput): Promise<void> {
  const released = await releaseCards(tx, state.requestId)
  if (released > 0 || plan.steps.length > 0) await wakeNextEqual(tx, shareKey)
}

async function recordStep(
  tx: Tx,
  runtime: Pick<Runtime, 'newId'>,
  input: RecordInput,
  step: Step,
): Promise<void> {
  const { target } = step
  switch (step.how) {
    case 'keep':
      return await keepOccasion(tx, input, step)
    case 'join':
      return await tell(tx, input, { target, messageId: step.messageId })
    case 'wait':
      return await tell(tx, input, { target, state: 'queued', why: step.why })
    case 'fail':
      return await tell(tx, input, { target, state: 'failed', why: step.why })
    case 'new': {
      const made = await tx.slackMessage.create({ data: messageRow(runtime, input, step.message) })
      await tell(tx, input, { target, messageId: made.id })
      if (made.kind === 'card' && input.state.isOpen) {
        await joinWaiting(tx, { shareKey: input.shareKey, target, messageId: made.id })
      }
    }
  }
}

async function keepOccasion(
  tx: Tx,
  { state }: RecordInput,
  { target, occasion }: Extract<Step, { how: 'keep' }>,
): Promise<void> {
  const message = state.existing.find((each) => each.target === target)?.message
  if (!message || occasion === undefined || message.occasion === occasion) return
  await tx.slackMessage.update({ where: { id: message.id }, data: { occasion } })
}

interface Telling {
  target: string
  messageId?: string
  state?: 'queued' | 'failed'
  why?: string
}

async function tell(
  tx: Tx,
  { state: { requestId }, now }: RecordInput,
  { target, messageId, state = 'queued', why }: Telling,
): Promise<void> {
  const row = { messageId: messageId ?? null, state, why: why ?? null }
  await tx.slackDelivery.upsert({
    where: { requestId_target: { requestId, target } },
    create: { requestId, target, ...row, at: new Date(now) },
    update: row,
  })
}

type Wanted = NewMessage | { kind: 'alert'; channelId: string; occasion: 'unreached' | 'no_route' }

function messageRow(runtime: Pick<Runtime, 'newId'>, input: RecordInput, wanted: Wanted) {
  return {
    id: runtime.newId('msg'),
    kind: wanted.kind,
    channelId: 'channelId' in wanted ? wanted.channelId : null,
    personId: 'personId' in wanted ? wanted.personId : null,
    // A person's digest is found by the first that it counts, should it be taken back from them.
    requestId: wanted.kind === 'digest' && 'channelId' in wanted ? null : input.state.requestId,
    callerId: input.callerId,
    occasion: 'occasion' in wanted ? wanted.occasion : null,
    // Once it has ended its card is shared with nobody.
    shareKey: wanted.kind === 'card' && input.state.isOpen ? input.shareKey : null,
    state: 'queued',
    createdAt: new Date(input.now),
  }
}

async function recordWatch(tx: Tx, { state, plan, shareKey }: RecordInput): Promise<void> {
  if (state.watch !== null && isSame(state.watch, plan.watch)) return
  const { nextAt, remindersSent, escalations, unreachedSince } = plan.watch
  const row = {
    nextAt: dateOf(nextAt),
    remindersSent,
    escalations,
    unreachedSince: dateOf(unreachedSince),
  }
  const { requestId } = state
  await tx.slackWatch.upsert({
    where: { requestId },
    create: { requestId, shareKey, ...row },
    update: row,
  })
}

function isSame(a: Watch, b: Watch): boolean {
  return (
    a.nextAt === b.nextAt &&
    a.remindersSent === b.remindersSent &&
    a.escalations === b.escalations &&
    a.unreachedSince === b.unreachedSince
  )
}

function dateOf(at: number | null): Date | null {
  return at === null ? null : new Date(at)
}
