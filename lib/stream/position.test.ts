import { describe, expect, it } from 'vitest'
import { askedFor, positionAfter } from './position'

const REQUEST = 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ'

function asked(query: string, lastEventId?: string) {
  const headers = new Headers(lastEventId === undefined ? {} : { 'last-event-id': lastEventId })
  return askedFor(new Request(`https://countersign.example/api/events${query}`, { headers }))
}

describe('where a stream of changes goes on', () => {
  it('is where the last one ended, by the database’s clock, less what may not have been noticed', () => {
    let elapsedMs = 500
    const position = positionAfter(new Date('2026-03-16T10:00:00Z'), () => elapsedMs)
    elapsedMs += 60_000.7
    const { since } = asked('', position())
    expect(since?.toISOString()).toBe('2026-03-16T10:00:35.000Z')
  })

  it('stays where everything was told, while something is still to be told', () => {
    let elapsedMs = 500
    let toldUntil = 500
    const position = positionAfter(
      new Date('2026-03-16T10:00:00Z'),
      () => elapsedMs,
      () => toldUntil,
    )
    const before = position()
    elapsedMs += 60_000
    expect(position()).toBe(before)
    toldUntil = elapsedMs
    expect(Number(position()) - Number(before)).toBe(60_000)
  })

  it('is what the browser remembers before what its page says', () => {
    const { since, requestId } = asked(
      `?since=2026-03-16T09:00:00Z&request=${REQUEST}`,
      '1773655200000',
    )
    expect(since?.toISOString()).toBe('2026-03-16T10:00:00.000Z')
    expect(requestId).toBe(REQUEST)
    expect(asked('?since=2026-03-16T09:00:00Z').since?.toISOString()).toBe(
      '2026-03-16T09:00:00.000Z',
    )
  })

  it.each(['x', '', '-1', '0000-01-01', '+275760-09-13T00:00:00Z', '1773655200000 OR 1=1'])(
    'is unknown when it says %j: everything may have changed',
    (text) => {
      expect(asked(`?since=${encodeURIComponent(text)}`).since).toBeNull()
      expect(asked('', text).since).toBeNull()
    },
  )
})
