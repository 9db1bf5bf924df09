import { linkSlack } from '../lib/commands/slack/person/link-slack'
import { startSlackLink } from '../lib/commands/slack/person/start-slack-link'
import { unlinkSlack } from '../lib/commands/slack/person/unlink-slack'
import { must } from '../scripts/lib/demo-people'
import { createSlackClient, type SlackClient } from '../scripts/slack/client'
import type { Json, ShownMessage } from '../scripts/slack/journal'
import type { Seen } from '../scripts/slack/seen'
import { directOf, TEAM, USERS } from '../scripts/slack/workspace'
import type { Product } from './fixtures'

export const MARA = 'U0MARA0001'
export const AIKO = 'U0AIKO0001'
export const TOMAS = 'U0TOMAS001'
export const INES = 'U0INES0001'
export const JONAS = 'U0JONAS001'
export const DANIEL = 'U0DANIEL01'

/** Where payouts are announced, by the routing that the demonstration begins with. */
export const FINANCE = 'C0FINANCE1'

/** Ids of channels begin so, those of conversations with one person do not. */
const A_CHANNEL = 'C'

type Like = (shown: ShownMessage) => boolean

/** One of a modal's values, by the id of its block. */
type Values = Record<string, string>

/** Slack as the tests see it and act in it: each act reaches the product as a signed body over HTTP. */
export interface Slack extends SlackClient {
  /** The Slack user is this person from now on. Whoever was it before is so no longer, in Slack. */
  become(user: string, personId: string | null): Promise<void>
  /** The card of a request in a channel, once it is there and `like` says so. */
  card(requestId: string, like?: Like): Promise<ShownMessage>
  /** The message about a request that one person alone was sent. */
  direct(user: string, requestId: string, like?: Like): Promise<ShownMessage>
  press(user: string, message: ShownMessage, actionId: string): Promise<Seen>
  /** The modal in front of a user once it says this; all that it shows as text. */
  modal(user: string, says: string | RegExp): Promise<string>
  submit(user: string, values: Values): Promise<Seen>
}

export function openSlack(product: Product): Slack {
  const client = createSlackClient(process.env['E2E_SLACK_URL'] ?? '')
  const pressed = new Map<string, () => Promise<Seen>>()
  const find = (user: string, place: string, requestId: string, like: Like = () => true) =>
    client.until(user, ({ messages }) =>
      messages.find((one) => one.channel.startsWith(place) && isAbout(one, requestId) && like(one)),
    )
  return {
    ...client,
    become: (user, personId) => become(product, user, personId),
    card: (requestId, like) => find(MARA, A_CHANNEL, requestId, like),
    direct: (user, requestId, like) => find(user, directOf(user), requestId, like),
    press: async (user, { channel, ts, blocks }, actionId) => {
      // Nobody presses what stands behind a modal.
      for (let { modal } = await client.see(user); modal; )
        ({ modal } = await client.act(user, { act: 'close' }))
      const blockId = blockOf(blocks, actionId)
      const at = { kind: 'message', channel, ts } as const
      const again = () => client.act(user, { act: 'press', at, blockId, actionId })
      pressed.set(user, again)
      return await again()
    },
    modal: async (user, says) => {
      const look = () =>
        client.until(user, ({ modal }) => {
          const text = modal && textOf(modal.view)
          return text && new RegExp(says).test(text) ? text : null
        })
      return await look().catch(async (error: unknown) => {
        // Slack opens nothing for an app that takes three seconds: on a machine with too much to do a person presses again.
        const again = pressed.get(user)
        if (!again || (await client.see(user)).modal) throw error
        await again()
        return await look()
      })
    },
    submit: (user, values) => client.act(user, { act: 'submit', values }),
  }
}

/** All that a message or a view says, in order. */
export function textOf(shown: unknown): string {
  if (Array.isArray(shown)) return shown.map(textOf).join('\n')
  if (typeof shown !== 'object' || shown === null) return ''
  return Object.entries(shown)
    .map(([name, value]) => (name === 'text' && typeof value === 'string' ? value : textOf(value)))
    .filter((text) => text !== '')
    .join('\n')
}

/** Every address that a message or a view leads to. */
export function addressesOf(shown: unknown): string[] {
  return JSON.stringify(shown).match(/https?:\/\/[^"|>\s\\]+/g) ?? []
}

export function buttonsOf({ blocks }: ShownMessage): string[] {
  return elementsOf(blocks).flatMap(({ action_id: id }) => (typeof id === 'string' ? [id] : []))
}

/** Its buttons stand in a block that names the request; without buttons its last line does. */
function isAbout({ blocks, threadTs, ts }: ShownMessage, requestId: string): boolean {
  const isRoot = threadTs === null || threadTs === ts
  return isRoot && JSON.stringify(blocks ?? []).includes(requestId)
}

function blockOf(blocks: Json[] | null, actionId: string): string {
  const block = blocks?.find((one) =>
    elementsOf([one]).some(({ action_id: id }) => id === actionId),
  )
  if (!block) throw new Error(`No button ${actionId} stands there`)
  return String(block['block_id'])
}

function elementsOf(blocks: Json[] | null): Json[] {
  return (blocks ?? []).flatMap(({ type, elements }) =>
    type === 'actions' ? (elements as Json[]) : [],
  )
}

/** Linked as people link themselves, but without a browser. */
async function become(
  { runtime, code }: Product,
  user: string,
  personId: string | null,
): Promise<void> {
  const live = { userId: user, teamId: TEAM.id, endedAt: null }
  const before = await runtime.db.slackLink.findFirst({ where: live })
  if (before) {
    const ended = { personId: before.personId, byPersonId: before.personId }
    must(await unlinkSlack(runtime, ended))
  }
  if (personId === null) return
  const userName = USERS.find(({ id }) => id === user)?.realName ?? user
  const asked = { user: { enterpriseId: '', teamId: TEAM.id, userId: user }, userName }
  const { url } = must(await startSlackLink(runtime, asked))
  const secret = new URL(url).hash.slice(1)
  // Whoever has no factor yet links with the session alone.
  const hasApp = (await runtime.db.totp.count({ where: { personId } })) > 0
  const proof = hasApp ? ({ kind: 'totp', code: await code(personId) } as const) : null
  must(await linkSlack(runtime, { secret, personId, proof }))
  await runtime.db.totp.updateMany({ where: { personId }, data: { lastStep: 0 } })
}
