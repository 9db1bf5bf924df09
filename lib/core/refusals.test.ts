import { expect, test } from 'vitest'
import { isRefusalCode, REFUSALS, refusalEntry } from './refusals'
import { ACCESS_REFUSALS } from './refusals/access'
import { GRANT_REFUSALS } from './refusals/grant'
import { INPUT_REFUSALS } from './refusals/input'
import { TICKET_REFUSALS } from './refusals/ticket'

const rows = Object.entries(REFUSALS)
const codes = rows.map(([code]) => code).filter(isRefusalCode)

test('no code stands in two parts of the table', () => {
  const parts = [INPUT_REFUSALS, ACCESS_REFUSALS, TICKET_REFUSALS, GRANT_REFUSALS]
  const all = parts.flatMap((part) => Object.keys(part))
  expect(all).toHaveLength(new Set(all).size)
  expect(all).toHaveLength(rows.length)
})

test.each(codes)('%s has an error status, a title and a whole sentence', (code) => {
  const row = refusalEntry(code)
  expect(code).toMatch(/^[a-z0-9_]+$/)
  expect(row.status).toBeGreaterThanOrEqual(400)
  expect(row.status).toBeLessThan(600)
  expect(row.title).toMatch(/^[A-Z].*[^.]$/)
  expect(row.sentence).toMatch(/^[A-Z].*\.$/)
})

test('each refused redemption says whether to retry, burn or leave', () => {
  const by = (disposition: string) =>
    codes.filter((code) => refusalEntry(code).disposition === disposition).sort()
  expect(by('retry')).toEqual(['decision_point_unavailable', 'policy_unavailable', 'window_closed'])
  expect(by('burn')).toEqual([
    'digest_mismatch',
    'policy_tightened',
    'precondition_failed',
    'voter_ineligible',
  ])
  expect(by('leave')).toEqual([
    'already_redeemed',
    'audience_mismatch',
    'environment_mismatch',
    'expired',
    'key_mismatch',
    'obligation_unknown',
    'old_generation',
    'token_invalid',
    'token_replaced',
    'unknown',
  ])
})

test('a name that every object inherits is no refusal code', () => {
  expect(isRefusalCode('constructor')).toBe(false)
  expect(isRefusalCode('ticket_closed')).toBe(true)
})
