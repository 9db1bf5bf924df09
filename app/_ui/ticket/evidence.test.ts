import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import type { EvidenceView } from '#lib/wire/views/ticket'
import { EvidenceFacts } from './evidence'
import { RollbackPlanForm } from './rollback-plan-form'

function plan(tested: boolean): EvidenceView {
  return {
    id: 'evd_01ARZ3NDEKTSV4RRFFQ69G5FAV',
    type: 'rollback_plan',
    label: 'Rollback plan',
    state: 'provided',
    authorName: 'Aiko Mori',
    authorKind: 'person',
    channel: 'slack',
    providedAt: '2026-03-16T09:00:00.000Z',
    sha256: 'ab'.repeat(32),
    body: {
      kind: 'rollback_plan',
      steps: ['Point the router back'],
      ownerName: 'Aiko Mori',
      estimatedMinutes: 12,
      previousVersion: '2026.03.07',
      tested,
    },
    ended: null,
    canWithdraw: false,
    canReject: false,
  }
}

describe('a rollback plan', () => {
  const clock = { zone: 'UTC', now: '2026-03-16T10:00:00.000Z' }

  test.each([
    [true, 'Yes'],
    [false, 'No'],
  ])(
    'says of its steps no more than its author did: run before %s is told as %s',
    (tested, told) => {
      const html = renderToStaticMarkup(
        createElement(EvidenceFacts, { evidence: plan(tested), clock }),
      )
      expect(html).toMatch(new RegExp(`Run before</dt><dd[^>]*>${told}</dd>`))
      expect(html).not.toContain('staging')
    },
  )

  test('is asked for with that very question', () => {
    const html = renderToStaticMarkup(createElement(RollbackPlanForm, { people: [] }))
    for (const words of [
      'Were these steps run before?',
      'Version to go back to',
      'Time it takes, in minutes',
    ]) {
      expect(html).toContain(words)
    }
    expect(html).not.toContain('staging')
  })
})
