import { randomUUID } from 'node:crypto'
import type { Backend } from './backend'
import type { Journal, Json, ShownMessage } from './journal'
import { APP } from './workspace'

/** Whom an answer to an act is for. */
export interface HookTarget {
  user: string
  channel: string
  /** The message that was clicked; null after a command. */
  source: ShownMessage | null
}

/** `response_url`s: each takes five answers within half an hour, from whoever knows it. */
export interface Hooks {
  open(target: HookTarget): string
  /** @returns an HTTP status and Slack's answer */
  answer(id: string, body: Json): Promise<[status: number, text: string]>
  show(target: HookTarget, content: Json): void
}

const MOST_ANSWERS = 5
const OPEN_MS = 30 * 60_000

export function createHooks(
  { backend, journal }: { backend: Backend; journal: Journal },
  origin: string,
): Hooks {
  const open = new Map<string, { target: HookTarget; left: number; until: number }>()
  let count = 0
  const show: Hooks['show'] = ({ user, channel, source }, content) => {
    count++
    journal.put({
      channel,
      // Ephemeral messages have times of their own; nothing ever asks for them by it.
      ts: `${(Date.now() / 1000).toFixed(3)}${String(count % 1_000).padStart(3, '0')}`,
      threadTs: source?.threadTs ?? null,
      by: APP.botUserId,
      text: String(content['text'] ?? ''),
      blocks: (content['blocks'] as Json[] | undefined) ?? null,
      isEdited: false,
      onlyFor: content['response_type'] === 'in_channel' ? null : user,
      unfurls: {},
    })
  }
  return {
    show,
    open: (target) => {
      const id = randomUUID()
      for (const [old, { until }] of open) if (until < Date.now()) open.delete(old)
      open.set(id, { target, left: MOST_ANSWERS, until: Date.now() + OPEN_MS })
      return `${origin}/actions/${id}`
    },
    answer: async (id, body) => {
      const hook = open.get(id)
      if (!hook || hook.until < Date.now()) return [404, 'expired_url']
      if (hook.left === 0) return [404, 'used_url']
      hook.left--
      const { source } = hook.target
      if (source && body['delete_original'] === true) await remove(backend, journal, source)
      else if (source && body['replace_original'] === true) {
        await replace(backend, journal, source, body)
      } else show(hook.target, body)
      return [200, 'ok']
    },
  }
}

async function remove(backend: Backend, journal: Journal, { channel, ts, onlyFor }: ShownMessage) {
  if (onlyFor === null) await backend.ask('chat.delete', { channel, ts })
  journal.remove(channel, ts)
}

async function replace(
  backend: Backend,
  journal: Journal,
  { channel, ts, onlyFor }: ShownMessage,
  body: Json,
): Promise<void> {
  const text = String(body['text'] ?? '')
  const blocks = (body['blocks'] as Json[] | undefined) ?? null
  if (onlyFor === null) await backend.ask('chat.update', { channel, ts, text, blocks })
  journal.edit(channel, ts, { text, blocks, isEdited: onlyFor === null })
}
