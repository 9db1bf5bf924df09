import { expect, test } from 'vitest'
import digests from '../lib/core/contract/vectors/digests.json' with { type: 'json' }
import { contractDigest } from './index'

test.each(digests.vectors)('a caller computes the golden digest: $name', (vector) => {
  const { domain, caller, json, digest, bytes } = vector
  expect(contractDigest({ domain, caller, contract: JSON.parse(json) })).toEqual({ digest, bytes })
})
