import { expect, test } from 'vitest'
import { openStream } from './open-stream'

async function textOf(body: ReadableStream<Uint8Array>): Promise<string> {
  return await new Response(body).text()
}

test('what is sent arrives, and closing ends it once', async () => {
  let ends = 0
  const stream = openStream([], () => {
    ends += 1
  })
  stream.send('one ')
  stream.send('two')
  stream.close()
  stream.close()
  stream.send('after the end')
  expect(await textOf(stream.body)).toBe('one two')
  expect(ends).toBe(1)
})

test('it ends when a signal aborts, also one that had before', async () => {
  for (const isBefore of [true, false]) {
    let ends = 0
    const stopping = new AbortController()
    if (isBefore) stopping.abort()
    const { body } = openStream([new AbortController().signal, stopping.signal], () => {
      ends += 1
    })
    stopping.abort()
    expect(await textOf(body)).toBe('')
    expect(ends).toBe(1)
  }
})

test('a reader that leaves ends it, and nothing is kept waiting for the signals', async () => {
  const kept: string[] = []
  const signal = new AbortController().signal
  signal.addEventListener = (name: string) => kept.push(name)
  signal.removeEventListener = (name: string) => kept.splice(kept.indexOf(name), 1)
  let ends = 0
  const stream = openStream([signal], () => {
    ends += 1
  })
  expect(kept).toHaveLength(1)
  await stream.body.cancel()
  stream.send('nobody reads this')
  expect(ends).toBe(1)
  expect(kept).toEqual([])
})

test('a reader that does not read is let go, and finds what was sent so far', async () => {
  let ends = 0
  const stream = openStream([], () => {
    ends += 1
  })
  for (let n = 0; n < 2_000; n++) stream.send('.')
  expect(ends).toBe(1)
  expect((await textOf(stream.body)).length).toBeLessThan(1_100)
})
