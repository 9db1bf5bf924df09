import type { RequestPage, RequestState, RequestSummary } from './answers'
import { CountersignError } from './errors'

export interface ListOptions<State extends RequestState = RequestState> {
  /** Only requests in this state. */
  state?: State
  /** How many a page, 1 to 100; 50 when left out. */
  limit?: number
  /** `next_cursor` of an earlier page: goes on from there. */
  cursor?: string
  signal?: AbortSignal
}

type Summaries<State extends RequestState> = Extract<RequestSummary, { state: State }>

export interface PageOf<State extends RequestState> extends RequestPage {
  items: Summaries<State>[]
}

/** `for await (const request of listing)`: newest first, page after page as they are needed. */
export interface Listing<State extends RequestState = RequestState>
  extends AsyncIterable<Summaries<State>> {
  /** Page by page, with the cursor to go on from another day. */
  pages: () => AsyncIterableIterator<PageOf<State>>
}

/** Nothing is fetched before somebody iterates; whoever stops early fetches no further page. */
export function createListing<State extends RequestState>(
  options: ListOptions<State>,
  fetchPage: (query: string, signal: AbortSignal | undefined) => Promise<PageOf<State>>,
): Listing<State> {
  async function* pages(): AsyncGenerator<PageOf<State>> {
    let cursor: string | null | undefined = options.cursor
    do {
      const page: PageOf<State> = await fetchPage(queryOf(options, cursor), options.signal)
      if (!Array.isArray(page.items) || page.next_cursor === (cursor ?? '')) {
        const told = 'The server answered with what is not the next page'
        throw new CountersignError(told, 'unreadable_answer')
      }
      yield page
      cursor = page.next_cursor
    } while (cursor !== null)
  }
  async function* items(): AsyncGenerator<Summaries<State>> {
    for await (const page of pages()) yield* page.items
  }
  return { pages, [Symbol.asyncIterator]: items }
}

function queryOf({ state, limit }: ListOptions, cursor: string | undefined): string {
  const query = new URLSearchParams({
    ...(state !== undefined && { state }),
    ...(limit !== undefined && { limit: String(limit) }),
    ...(cursor !== undefined && { cursor }),
  })
  return query.size === 0 ? '' : `?${query}`
}
