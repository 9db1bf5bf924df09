import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { GrantView } from '#lib/wire/views/vote'
import { openClock } from '../dev/gallery/sample-frame'
import { collectedGrant, readyGrant, redeemedGrant } from '../dev/gallery/sample-released'
import { checklist } from '../dev/gallery/sample-ticket'
import { HoldLine } from './hold-line'
import {
  deliveryLook,
  endpointLook,
  grantLook,
  outcomeLook,
  ticketLook,
  verdictLook,
  webhookLook,
} from './states'
import { checklistSummary, checklistWord } from './ticket/checklist'
import { GrantSteps } from './ticket/grant'

describe('a state is a word, an icon and a colour together', () => {
  it.each([
    ['verdicts', verdictLook],
    ['tickets', ticketLook],
    ['grants', grantLook],
    ['outcomes', outcomeLook],
    ['deliveries', deliveryLook],
    ['webhook endpoints', endpointLook],
    ['webhook deliveries', webhookLook],
  ] as const)('%s: every one has all three, and no two say the same word', (_name, looks) => {
    const all = Object.values(looks)
    for (const look of all) expect([look.word, look.icon, look.tone].every(Boolean)).toBe(true)
    expect(new Set(all.map((look) => look.word)).size).toBe(all.length)
  })

  it('rejected, denied, expired, cancelled and superseded are told apart without colour', () => {
    const { rejected, denied, expired, cancelled, superseded } = ticketLook
    const ends = [rejected, denied, expired, cancelled, superseded]
    expect(new Set(ends.map((look) => look.icon)).size).toBe(5)
  })
})

describe('the hold line tells the state by its shape', () => {
  it.each([
    ['open', 2],
    ['clear', 4],
    ['shut', 0],
    ['past', 2],
  ] as const)('%s has %d dashed lines', (tone, dashed) => {
    const svg = renderToStaticMarkup(createElement(HoldLine, { tone }))
    expect(svg.match(/class="d"/gu)?.length ?? 0).toBe(dashed)
  })
})

const steps = (grant: GrantView | null) =>
  renderToStaticMarkup(
    createElement(GrantSteps, { grant, runtimeName: 'deploy-runner', clock: openClock }),
  )
const end = { at: '2026-03-16T15:31:09Z', reason: ['Nothing ran.'] }

describe('the grant', () => {
  it('has four stops ahead before there is one', () => {
    expect(steps(null).match(/class="todo"/gu)).toHaveLength(4)
  })

  it.each([
    ['ready', readyGrant, 3],
    ['collected', collectedGrant, 2],
    ['redeemed', redeemedGrant, 1],
  ] as const)('%s has the rest ahead', (_name, grant, ahead) => {
    expect(steps(grant).match(/class="todo"/gu)).toHaveLength(ahead)
  })

  it.each([
    ['lapsed', 'Lapsed'],
    ['revoked', 'Revoked'],
    ['burnt', 'Burnt'],
  ] as const)('%s ends the line and says that nothing ran', (state, word) => {
    const html = steps({ ...collectedGrant, state, ended: end })
    expect(html).not.toContain('todo')
    expect(html).toContain(`<strong>${word}</strong>`)
    expect(html).toContain('Nothing ran.')
  })

  it('never calls an unknown outcome a success', () => {
    const reported = { at: end.at, outcome: 'unknown' as const, detail: null }
    const html = steps({ ...redeemedGrant, state: 'reported', reported })
    expect(html).toContain('Reported: unknown')
    expect(html).toContain('class="ask last"')
  })
})

describe('the checklist', () => {
  const item = checklist[0]
  it.each([
    ['missing', 'Missing'],
    ['met', 'Met'],
    ['to_confirm', 'To confirm'],
    ['withdrawn', 'Withdrawn'],
  ] as const)('%s is said as %s', (state, word) => {
    expect(item && checklistWord({ ...item, state }, openClock)).toBe(word)
  })

  it('says how many of several are missing', () => {
    expect(item && checklistWord({ ...item, neededCount: 3, givenCount: 1 }, openClock)).toBe(
      '2 missing',
    )
  })

  it('says when an item opens by itself', () => {
    const opensAt = '2026-03-16T22:00:00+01:00'
    expect(item && checklistWord({ ...item, state: 'opens', opensAt }, openClock)).toBe('At 22:00')
  })

  it('counts what is left, and what was met when it closed', () => {
    expect(checklistSummary(checklist, true)).toContain('3 of 4 to go')
    expect(checklistSummary(checklist, false)).toBe('1 of 4 met when it closed.')
  })
})
