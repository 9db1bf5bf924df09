import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

export type Json = Record<string, unknown>

/** A message as a Slack client shows it. */
export interface ShownMessage {
  channel: string
  ts: string
  threadTs: string | null
  /** Slack user who said it. */
  by: string
  /** What a screen reader or a notification says. */
  text: string
  blocks: Json[] | null
  isEdited: boolean
  /** Shown to this user alone; null: to everybody in the channel. */
  onlyFor: string | null
  /** What the app added below it, by URL. */
  unfurls: Record<string, Json>
}

export interface ShownView {
  /** As the Web API answered it: id, hash, title, blocks, … */
  view: Json
  /** Refused inputs, by block id. */
  errors: Record<string, string>
}

export interface Journal {
  /** Grows with each change. */
  version(): number
  /** Calls back after each change. Returns how to stop. */
  subscribe(onChange: () => void): () => void
  messages(): ShownMessage[]
  find(channel: string, ts: string): ShownMessage | undefined
  put(message: ShownMessage): void
  edit(channel: string, ts: string, change: Partial<ShownMessage>): void
  remove(channel: string, ts: string): void
  home(user: string): Json | null
  publishHome(user: string, view: Json): void
  /** The modals a user has open, the top one last. */
  modals(user: string): ShownView[]
  /** Puts a modal on top of the user's others, or in the place of the one with its id. */
  showModal(user: string, shown: ShownView): void
  closeModals(user: string, which: 'top' | 'all'): void
  ownerOf(viewId: string): string | null
  /** A line for one user that vanishes with their next act, such as "Countersign did not answer". */
  notice(user: string): string | null
  setNotice(user: string, notice: string | null): void
  save(): Promise<void>
}

const MOST_MESSAGES = 400

/** All that the emulated workspace shows, kept in a file from one start to the next. */
export async function openJournal(file: string | null): Promise<Journal> {
  let version = 0
  const listeners = new Set<() => void>()
  const messages = new Map<string, ShownMessage>()
  for (const message of await readMessages(file)) messages.set(keyOf(message), message)
  const homes = new Map<string, Json>()
  const modals = new Map<string, ShownView[]>()
  const notices = new Map<string, string>()
  const changed = () => {
    version++
    for (const listener of listeners) listener()
  }
  const modalsOf = (user: string) => modals.get(user) ?? []
  return {
    version: () => version,
    subscribe: (onChange) => {
      listeners.add(onChange)
      return () => listeners.delete(onChange)
    },
    messages: () => [...messages.values()],
    find: (channel, ts) => messages.get(keyOf({ channel, ts })),
    put: (message) => {
      messages.set(keyOf(message), message)
      forgetOldest(messages)
      changed()
    },
    edit: (channel, ts, change) => {
      const message = messages.get(keyOf({ channel, ts }))
      // An edit that changes nothing is none: nobody sees "(edited)".
      if (!message || isSame(message, change)) return
      Object.assign(message, change)
      changed()
    },
    remove: (channel, ts) => {
      if (messages.delete(keyOf({ channel, ts }))) changed()
    },
    home: (user) => homes.get(user) ?? null,
    publishHome: (user, view) => {
      homes.set(user, view)
      changed()
    },
    modals: modalsOf,
    showModal: (user, shown) => {
      const open = modalsOf(user)
      const at = open.findIndex(({ view }) => view['id'] === shown.view['id'])
      modals.set(user, at < 0 ? [...open, shown] : open.with(at, shown))
      changed()
    },
    closeModals: (user, which) => {
      modals.set(user, which === 'all' ? [] : modalsOf(user).slice(0, -1))
      changed()
    },
    ownerOf: (viewId) =>
      [...modals].find(([, open]) => open.some(({ view }) => view['id'] === viewId))?.[0] ?? null,
    notice: (user) => notices.get(user) ?? null,
    setNotice: (user, notice) => {
      if (notice === (notices.get(user) ?? null)) return
      if (notice === null) notices.delete(user)
      else notices.set(user, notice)
      changed()
    },
    save: async () => {
      if (file === null) return
      const lasting = [...messages.values()].filter(({ onlyFor }) => onlyFor === null)
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(file, JSON.stringify(lasting), { mode: 0o600 })
    },
  }
}

/** A file that is not there, or that a killed process left half written, is an empty workspace. */
async function readMessages(file: string | null): Promise<ShownMessage[]> {
  if (file === null) return []
  const text = await readFile(file, 'utf8').catch(() => '[]')
  try {
    return JSON.parse(text) as ShownMessage[]
  } catch {
    return []
  }
}

/** The oldest go, each with its thread: a demonstration that runs for weeks must not grow for ever. */
function forgetOldest(messages: Map<string, ShownMessage>): void {
  for (const [key, oldest] of messages) {
    if (messages.size <= MOST_MESSAGES) return
    messages.delete(key)
    for (const [replyKey, { channel, threadTs }] of messages) {
      if (channel === oldest.channel && threadTs === oldest.ts) messages.delete(replyKey)
    }
  }
}

function isSame(message: ShownMessage, { isEdited: _, ...change }: Partial<ShownMessage>): boolean {
  return Object.entries(change).every(
    ([name, value]) =>
      JSON.stringify(message[name as keyof ShownMessage]) === JSON.stringify(value),
  )
}

function keyOf({ channel, ts }: Pick<ShownMessage, 'channel' | 'ts'>): string {
  return `${channel}/${ts}`
}
