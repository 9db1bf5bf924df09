import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { gatherReads } from './gather'

/** Readings that end when told to. */
function readings(bounds: { most?: number; atOnce?: number }) {
  const begun: { keys: number[]; end: () => void; fail: () => void }[] = []
  const read = gatherReads<number, string>(
    (keys) =>
      new Promise((resolve, reject) => {
        begun.push({
          keys,
          end: () => resolve(keys.map((key) => `value ${key}`)),
          fail: () => reject(new Error('the database is away')),
        })
      }),
    bounds,
  )
  return { begun, read }
}

test('who asks alone is read for at once, and a crowd together, each told its own', async () => {
  const { begun, read } = readings({ most: 3, atOnce: 1 })
  const told = [1, 2, 3, 4, 5].map((key) => read(key))
  expect(begun.map(({ keys }) => keys)).toEqual([[1]])
  begun[0]?.end()
  expect(await told[0]).toBe('value 1')
  await turn()
  expect(begun.map(({ keys }) => keys)).toEqual([[1], [2, 3, 4]])
  begun[1]?.end()
  expect(await Promise.all(told.slice(1, 4))).toEqual(['value 2', 'value 3', 'value 4'])
  await turn()
  begun[2]?.end()
  expect(await told[4]).toBe('value 5')
})

test('nobody is told what was read before they asked', async () => {
  const { begun, read } = readings({ atOnce: 1 })
  const first = read(7)
  const second = read(7)
  begun[0]?.end()
  await first
  await turn()
  expect(begun).toHaveLength(2)
  begun[1]?.end()
  expect(await second).toBe('value 7')
})

test('a reading that fails fails those it was for, and the next ones are read', async () => {
  const { begun, read } = readings({ atOnce: 1 })
  const [first, second] = [read(1), read(2)]
  begun[0]?.fail()
  await expect(first).rejects.toThrow('away')
  await turn()
  begun[1]?.end()
  expect(await second).toBe('value 2')
})
