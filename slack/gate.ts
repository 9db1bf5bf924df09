import { takeDelivery } from '#lib/commands/slack/delivery/take-delivery'
import { MINUTE_MS } from '#lib/core/durations'
import type { SlackApi, SlackUserInfo } from '#lib/notify/slack/web-api'
import type { Runtime } from '#lib/runtime'
import { type Body, type Sender, senderOf } from './delivery'
import { NotTaken } from './not-taken'

/** Resolves when a delivery may be worked on. @throws NotTaken */
export type Gate = (event: {
  body: Body
  customProperties?: Record<string, unknown>
}) => Promise<void>

const KNOWN_MS = MINUTE_MS
/** While Slack does not say who somebody is, what it said counts for this long: they may have been made a guest since. */
const OLD_MS = 5 * MINUTE_MS
const MOST_KNOWN = 5_000

/**
 * What is asked of a delivery once it was acknowledged: that it is new in every process, that it is from the workspace
 * this installation works in, and that a member caused it.
 */
export function openGate({ runtime, slack }: { runtime: Runtime; slack: SlackApi }): Gate {
  const people = knowPeople(slack, runtime.now)
  return async ({ body, customProperties }) => {
    const id = customProperties?.['deliveryId']
    if (typeof id !== 'string')
      throw new Error('A delivery without an id cannot be told from others')
    if (!(await taken(runtime, id))) throw new NotTaken('replayed')
    const workspace = await slack.workspace()
    if (!workspace.ok) {
      throw new NotTaken(workspace.kind === 'refused' ? 'other_workspace' : 'database')
    }
    const sender = senderOf(body)
    const isOurs = sender?.appId === workspace.value.appId
    if (!isOurs || sender?.teamId !== workspace.value.teamId || sender.isEnterpriseWide) {
      throw new NotTaken('other_workspace')
    }
    if (sender.userId !== null)
      await refuseOutsiders(people, sender, sender.userId, workspace.value)
  }
}

async function taken(runtime: Runtime, id: string): Promise<boolean> {
  try {
    return await takeDelivery(runtime, id)
  } catch (error) {
    if (!runtime.isUnavailable(error)) throw error
    runtime.log.warn({ error }, 'a delivery from Slack was not taken in: the database is away')
    throw new NotTaken('database')
  }
}

async function refuseOutsiders(
  people: (userId: string) => Promise<SlackUserInfo | null>,
  sender: Sender,
  userId: string,
  workspace: { teamId: string; enterpriseId: string },
): Promise<void> {
  const { teamId: ours, enterpriseId } = workspace
  const { userTeamId } = sender
  // Outside an organisation of Slack nobody from another workspace is one of us, so nobody needs to be asked.
  if (enterpriseId === '' && userTeamId !== null && userTeamId !== ours) {
    throw new NotTaken('stranger')
  }
  const info = await people(userId)
  if (info === null || info.teamId === null) throw new NotTaken('unknown_user')
  // What Slack keeps of the person: the body says of which organisation the channel is, not whose they are.
  const isColleague = enterpriseId !== '' && info.enterpriseId === enterpriseId
  const isOurs = info.teamId === ours || isColleague
  if (info.isStranger || !isOurs) throw new NotTaken('stranger')
  if (info.isBot) throw new NotTaken('bot')
  if (info.isGuest) throw new NotTaken('guest')
  if (info.isDeleted) throw new NotTaken('unknown_user')
}

/** What Slack says of its users, asked at most every few minutes for each. */
function knowPeople(slack: SlackApi, now: () => number) {
  const known = new Map<string, { info: SlackUserInfo; at: number }>()
  return async (userId: string): Promise<SlackUserInfo | null> => {
    const kept = known.get(userId)
    if (kept && kept.at > now() - KNOWN_MS) return kept.info
    const answer = await slack.userInfo(userId)
    if (answer.ok) {
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(userId, { info: answer.value, at: now() })
      return answer.value
    }
    return kept && answer.kind !== 'refused' && kept.at > now() - OLD_MS ? kept.info : null
  }
}
