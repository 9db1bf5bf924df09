import { expect, test } from 'vitest'
import { sharedWords } from './shared-words'

test('a digest is for many requests, which need not be equal; a card is for equal asks too', () => {
  expect(sharedWords({ kind: 'digest', alsoCount: 19 })).toBe(', for 20 requests')
  expect(sharedWords({ kind: 'card', alsoCount: 19 })).toBe(', and 19 equal asks')
  expect(sharedWords({ kind: 'card', alsoCount: 1 })).toBe(', and 1 equal ask')
  expect(sharedWords({ kind: 'card', alsoCount: 0 })).toBe('')
})
