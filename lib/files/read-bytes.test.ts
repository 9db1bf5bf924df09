import { expect, test } from 'vitest'
import { readBytes } from './read-bytes'

const LIMITS = { mostBytes: 10, stallMs: 5_000 }

function body(...parts: number[]): { stream: ReadableStream<Uint8Array>; isLetGo: () => boolean } {
  let isLetGo = false
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const size of parts) controller.enqueue(new Uint8Array(size))
      controller.close()
    },
    cancel() {
      isLetGo = true
    },
  })
  return { stream, isLetGo: () => isLetGo }
}

test('all bytes are read, up to the limit', async () => {
  expect(await readBytes(body(4, 6).stream, LIMITS)).toEqual({ ok: true, bytes: Buffer.alloc(10) })
  expect(await readBytes(body().stream, LIMITS)).toEqual({ ok: true, bytes: Buffer.alloc(0) })
})

test('one byte more is refused, whatever length was announced', async () => {
  expect(await readBytes(body(4, 7).stream, LIMITS)).toEqual({ ok: false, why: 'too_large' })
})

test('nothing more is asked of a body without end than the limit', async () => {
  let asked = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      asked += 1
      controller.enqueue(new Uint8Array(5))
    },
  })
  expect(await readBytes(endless, LIMITS)).toEqual({ ok: false, why: 'too_large' })
  expect(asked).toBeLessThan(6)
})

test('a sender who leaves halfway has sent nothing', async () => {
  const broken = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new Uint8Array(4))
    },
    pull(controller) {
      controller.error(new Error('aborted'))
    },
  })
  expect(await readBytes(broken, LIMITS)).toEqual({ ok: false, why: 'broken_off' })
})

test('a sender who falls silent is not waited for', async () => {
  let isLetGo = false
  const silent = new ReadableStream<Uint8Array>({
    cancel() {
      isLetGo = true
    },
  })
  expect(await readBytes(silent, { mostBytes: 10, stallMs: 10 })).toEqual({
    ok: false,
    why: 'stalled',
  })
  expect(isLetGo).toBe(true)
})
