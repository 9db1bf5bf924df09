import type { ListenerDeps } from './deps'

export interface BusyMessage {
  /** Null where the button was not on a message of ours. */
  messageId: string | null
  requestId: string
  /** Who is voting. */
  name: string
}

/** Takes the buttons off the clicked message while a vote is worked on. */
export async function whileBusy<T>(
  _deps: ListenerDeps,
  _message: BusyMessage,
  work: () => Promise<T>,
): Promise<T> {
  return await work()
}
