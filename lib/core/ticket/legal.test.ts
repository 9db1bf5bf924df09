import { expect, test } from 'vitest'
import { refusalEntry } from '../refusals'
import {
  COMMAND_KINDS,
  type CommandKind,
  LEGAL,
  legalCommands,
  legality,
  type Place,
} from './legal'
import type { GrantState, TicketState } from './types'

const TICKET_STATES = Object.keys(LEGAL.ticket) as TicketState[]
const GRANT_STATES = Object.keys(LEGAL.grant) as GrantState[]

/** Every place a request can be in. */
const PLACES: Place[] = [
  ...TICKET_STATES.map((state) => ({ state, grant: null })),
  ...GRANT_STATES.map((state) => ({ state: 'released' as const, grant: { state } })),
]

const CELLS = PLACES.flatMap((place) => COMMAND_KINDS.map((kind) => ({ place, kind })))

/** Written out again on purpose: a change of the table has to be made twice. */
const EXPECTED: Record<string, CommandKind[]> = {
  open: [
    'vote',
    'withdraw_vote',
    'add_evidence',
    'withdraw_evidence',
    'reject_evidence',
    'evaluate',
    'cancel',
    'supersede',
  ],
  'released ready': ['collect', 'revoke', 'lapse', 'supersede'],
  'released collected': ['collect', 'redeem', 'revoke', 'lapse', 'supersede'],
  'released redeemed': ['redeem', 'report'],
  'released reported': ['report'],
}

function nameOf({ state, grant }: Place): string {
  return grant === null ? state : `${state} ${grant.state}`
}

test('every command has its cell in every state', () => {
  expect(new Set(COMMAND_KINDS).size).toBe(13)
  expect(CELLS).toHaveLength(14 * 13)
})

test.each(PLACES.map((place) => [nameOf(place), place] as const))(
  'in state %s exactly the listed commands are legal',
  (name, place) => {
    expect(legalCommands(place).sort()).toEqual([...(EXPECTED[name] ?? [])].sort())
  },
)

test('what is not legal is refused by a code of the table, with a sentence that tells the state', () => {
  for (const { place, kind } of CELLS) {
    const result = legality(place, kind)
    if (result.ok) continue
    expect(refusalEntry(result.refusal.code).status).toBeGreaterThanOrEqual(400)
    expect(result.refusal.detail).toMatch(/^[A-Z].*\.$/)
  }
})

test('no two states read the same', () => {
  const sentences = [...Object.values(LEGAL.ticket), ...Object.values(LEGAL.grant)].map(
    ({ sentence }) => sentence,
  )
  expect(new Set(sentences).size).toBe(14)
})

test.each<[TicketState, CommandKind, string, RegExp]>([
  ['rejected', 'vote', 'already_decided', /rejected by an approver/],
  ['released', 'vote', 'already_decided', /already released/],
  ['denied', 'vote', 'ticket_closed', /denied by policy/],
  ['expired', 'vote', 'ticket_expired', /expired/],
  ['cancelled', 'vote', 'ticket_closed', /cancelled/],
  ['superseded', 'vote', 'ticket_closed', /superseded/],
  ['expired', 'add_evidence', 'ticket_expired', /Nobody rejected it/],
  ['rejected', 'add_evidence', 'ticket_closed', /rejected/],
  ['released', 'cancel', 'ticket_closed', /already released/],
  ['open', 'collect', 'not_ready', /still held/],
  ['open', 'revoke', 'not_ready', /still held/],
  ['open', 'redeem', 'unknown', /no token/],
  ['denied', 'redeem', 'unknown', /denied/],
  ['expired', 'collect', 'ticket_expired', /expired/],
])('%s refuses %s as %s', (state, kind, code, sentence) => {
  const result = legality({ state, grant: null }, kind)
  expect(result).toMatchObject({ ok: false, refusal: { code } })
  if (!result.ok) expect(result.refusal.detail).toMatch(sentence)
})

test.each<[GrantState, CommandKind, string]>([
  ['ready', 'redeem', 'unknown'],
  ['ready', 'report', 'not_ready'],
  ['collected', 'report', 'not_ready'],
  ['redeemed', 'collect', 'already_redeemed'],
  ['redeemed', 'revoke', 'already_redeemed'],
  ['redeemed', 'supersede', 'ticket_closed'],
  ['reported', 'redeem', 'already_redeemed'],
  ['lapsed', 'redeem', 'grant_lapsed'],
  ['revoked', 'collect', 'grant_revoked'],
  ['burnt', 'redeem', 'grant_burnt'],
  ['redeemed', 'lapse', 'already_redeemed'],
  ['reported', 'vote', 'already_decided'],
])('a grant that is %s refuses %s as %s', (grant, kind, code) => {
  const result = legality({ state: 'released', grant: { state: grant } }, kind)
  expect(result).toMatchObject({ ok: false, refusal: { code } })
})

test('a grant beside a ticket that was not released opens nothing', () => {
  for (const state of TICKET_STATES.filter((one) => one !== 'released')) {
    for (const kind of ['collect', 'redeem', 'report'] as const) {
      expect(legality({ state, grant: { state: 'collected' } }, kind).ok).toBe(false)
    }
  }
})
