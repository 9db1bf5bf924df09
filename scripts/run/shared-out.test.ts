import { expect, it } from 'vitest'
import { sharedOut } from './shared-out'

it('gives each file to one share, the longest to shares of their own', () => {
  const seconds = { 'a.ts': 1, 'b.ts': 60, 'c.ts': 2, 'd.ts': 61 }
  const files = ['d.ts', 'b.ts', 'a.ts', 'c.ts']
  expect(sharedOut(files, seconds, 2)).toEqual([
    ['a.ts', 'd.ts'],
    ['b.ts', 'c.ts'],
  ])
})

it('shares out files that are not listed evenly, and leaves none behind', () => {
  const files = Array.from({ length: 9 }, (_, at) => `${at}.ts`)
  const shares = sharedOut(files, {}, 2)
  expect(shares.map(({ length }) => length)).toEqual([5, 4])
  expect(shares.flat().sort()).toEqual(files)
})
