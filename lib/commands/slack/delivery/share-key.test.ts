import { expect, it } from 'vitest'
import { shareKey } from './share-key'

const ask = { tools: ['a.b', 'c.d'], arguments: { 'a.b': { x: 1, y: [1, 2] }, 'c.d': {} } }
const key = shareKey('clr_1', ask)

it('is equal for the same caller, tools and arguments, in whatever order they are written', () => {
  const turned = { tools: ['c.d', 'a.b'], arguments: { 'c.d': {}, 'a.b': { y: [1, 2], x: 1 } } }
  expect(shareKey('clr_1', turned)).toBe(key)
  expect(shareKey('clr_1', { ...ask, goal: 'Please' } as typeof ask)).toBe(key)
})

it('is another for another caller, tool or argument', () => {
  const others = [
    shareKey('clr_2', ask),
    shareKey('clr_1', { ...ask, tools: ['a.b'] }),
    shareKey('clr_1', { ...ask, arguments: { ...ask.arguments, 'a.b': { x: 1, y: [2, 1] } } }),
    shareKey('clr_1', { tools: ask.tools }),
  ]
  expect(new Set([key, ...others]).size).toBe(5)
})
