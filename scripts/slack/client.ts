import type { Act, Seen } from './seen'

/** Acts in the emulated Slack from another process, as the page does. */
export interface SlackClient {
  /** @returns what the user sees right after the product acknowledged */
  act(user: string, what: Act): Promise<Seen>
  see(user: string): Promise<Seen>
  /** Waits until the user sees something. @throws when that takes too long */
  until<T>(user: string, what: (seen: Seen) => T | null | undefined | false): Promise<T>
  /** Slack is away, or back. */
  setDown(isDown: boolean): Promise<void>
}

const PATIENCE_MS = 30_000
const LOOK_EVERY_MS = 50

export function createSlackClient(pageUrl: string): SlackClient {
  const post = async (path: string, body: object): Promise<Seen> => {
    const answer = await fetch(new URL(path, pageUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const said = (await answer.json()) as Seen & { error?: string }
    if (!answer.ok) throw new Error(said.error ?? `The page answered ${answer.status}`)
    return said
  }
  const see = async (user: string): Promise<Seen> => {
    const answer = await fetch(new URL(`/ui/state?as=${user}`, pageUrl))
    return (await answer.json()) as Seen
  }
  return {
    act: (user, what) => post(`/ui/act?as=${user}`, what),
    see,
    until: async (user, what) => {
      const limit = Date.now() + PATIENCE_MS
      for (;;) {
        const seen = await see(user)
        const found = what(seen)
        if (found) return found
        if (Date.now() > limit) throw new Error(`Slack never showed it: ${summary(seen)}`)
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      }
    },
    setDown: async (isDown) => {
      await post('/ui/trouble', { down: isDown })
    },
  }
}

function summary({ messages, modal, notice }: Seen): string {
  return JSON.stringify({ last: messages.at(-1)?.text, modal: modal?.view['title'], notice })
}
