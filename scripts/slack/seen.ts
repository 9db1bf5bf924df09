import type { Press } from './acts'
import type { Journal, Json, ShownMessage, ShownView } from './journal'
import { CHANNELS, directOf } from './workspace'

/** What a client of the page may ask to be done as one of the workspace's users. */
export type Act =
  | ({ act: 'press' } & Press)
  /** `values`: what was typed or chosen, by block id. */
  | { act: 'submit'; values: Record<string, string> }
  | { act: 'close' }
  | { act: 'say'; channel: string; text: string }
  | { act: 'home' }

/** What one user sees: everything their client could show. */
export interface Seen {
  version: number
  messages: ShownMessage[]
  /** The top one. */
  modal: ShownView | null
  home: Json | null
  notice: string | null
}

export function seenBy(journal: Journal, user: string): Seen {
  const mine = new Set([...CHANNELS.map(({ id }) => id), directOf(user)])
  return {
    version: journal.version(),
    messages: journal
      .messages()
      .filter(({ channel, onlyFor }) => mine.has(channel) && (onlyFor ?? user) === user),
    modal: journal.modals(user).at(-1) ?? null,
    home: journal.home(user),
    notice: journal.notice(user),
  }
}
