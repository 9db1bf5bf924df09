import { createElement, type ReactElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { InboxPage } from '../(console)/inbox/inbox-page'
import { TicketPage } from '../(console)/tickets/[id]/ticket-page'
import { openClock } from '../dev/gallery/sample-frame'
import { inbox } from '../dev/gallery/sample-inbox'
import { releasedTicket } from '../dev/gallery/sample-released'
import { openTicket, signView } from '../dev/gallery/sample-ticket'
import { SignPage } from '../sign/[id]/sign-page'
import { VoteBar } from './vote/vote-bar'

/** Classes whose face is the serif of what is asked, or mono. */
const NOT_SANS = ['act', 'claim', 'tool', 'b', 'goal', 'goal-said', 'vh']
const VOID = ['input', 'br', 'hr', 'col', 'img', 'use', 'path', 'link', 'meta']

/** The classes of every element round each occurrence of a text. */
function classesRound(html: string, text: string): string[][] {
  const found: string[][] = []
  const open: string[] = []
  for (const [piece, tag] of html.matchAll(/<\/?([a-z0-9]+)[^>]*>|[^<]+/gu)) {
    if (tag === undefined) {
      if (piece.includes(text)) found.push(open.flatMap((names) => names.split(' ')))
    } else if (piece.startsWith('</')) open.pop()
    else if (!VOID.includes(tag) && !piece.endsWith('/>')) {
      open.push(/class="([^"]*)"/u.exec(piece)?.[1] ?? '')
    }
  }
  return found
}

function html(element: ReactElement): string {
  return renderToStaticMarkup(element)
}

const sent = 'Zq'
const ticket = {
  ...openTicket,
  goal: `${sent} goal`,
  tools: [{ name: `${sent}.tool`, riskLabel: null }],
  environment: { name: `${sent}-environment`, registered: false },
  externalTicket: `${sent}-214`,
  sideEffects: [`${sent}_effect`],
  evidence: releasedTicket.evidence.map((item) => ({
    ...item,
    authorKind: 'caller' as const,
    body: { kind: 'fields' as const, fields: [{ label: 'Text', value: `${sent} says so` }] },
  })),
  contract: {
    ...openTicket.contract,
    lines: [
      {
        indent: 0 as const,
        bytes: [
          { text: `"${sent}":`, isKey: true },
          { text: `"${sent}"`, isKey: false },
        ],
        reading: [{ kind: 'claim' as const, text: sent }],
      },
    ],
  },
}
const rows = inbox.sections.map((section) => ({
  ...section,
  rows: section.rows.map((row) => ({
    ...row,
    goal: `${sent} goal`,
    tool: `${sent}.tool`,
    environment: { name: sent, registered: false },
  })),
}))

const pages: [string, string][] = [
  ['the ticket page', html(createElement(TicketPage, { ticket, clock: openClock }))],
  ['the signing page', html(createElement(SignPage, { view: { ...signView, ticket } }))],
  [
    'the inbox',
    html(
      createElement(InboxPage, {
        inbox: {
          ...inbox,
          sections: rows,
          alerts: inbox.alerts.map((alert) => ({ ...alert, goal: sent })),
        },
        clock: openClock,
      }),
    ),
  ],
]

describe('text that a caller sent is never set in the sans', () => {
  it.each(pages)('on %s', (_name, page) => {
    const places = classesRound(page, sent)
    expect(places.length).toBeGreaterThan(5)
    for (const classes of places) {
      expect(classes.filter((name) => NOT_SANS.includes(name))).not.toEqual([])
    }
  })

  it('and the check sees a text that is', () => {
    const [classes] = classesRound(`<p class="soft"><b class="x">${sent}</b></p>`, sent)
    expect(classes?.some((name) => NOT_SANS.includes(name))).toBe(false)
  })
})

describe('pages hold nothing that a strict CSP refuses', () => {
  it.each(pages)('%s has no style attribute and no script', (_name, page) => {
    expect(page).not.toMatch(/\sstyle=|<script|<style|src="data:|\son[a-z]+=/u)
  })
})

describe('the vote bar', () => {
  const bar = (vote: Partial<typeof openTicket.vote>) =>
    html(
      createElement(VoteBar, {
        vote: { ...openTicket.vote, ...vote },
        clock: openClock,
        signHref: '/sign/req_1',
      }),
    )

  it('offers one filled button, and it signs', () => {
    expect(bar({}).match(/btn sign/gu)).toHaveLength(1)
    expect(bar({})).toContain('Approve with passkey')
  })

  it('says that no arguments are bound, beside the button', () => {
    expect(bar({})).toContain('No arguments are bound.')
  })

  it('offers no vote to who cannot vote, and says why', () => {
    const shown = bar({ canVote: false, whyNot: ['You own ci-release.'] })
    expect(shown).not.toContain('/sign/')
    expect(shown).toContain('You own ci-release.')
  })

  it('offers only what the viewer has enrolled', () => {
    const shown = bar({
      methods: [
        { method: 'passkey', isEnrolled: false },
        { method: 'totp', isEnrolled: true },
      ],
    })
    expect(shown).toContain('Approve with code')
    expect(shown).not.toContain('passkey')
  })

  it('is not there once the ticket is closed', () => {
    expect(bar({ review: null })).toBe('')
  })

  it('shows all six words, whole', () => {
    for (const word of openTicket.vote.review?.words ?? []) expect(bar({})).toContain(`>${word}<`)
  })
})
