import { describe, expect, it } from 'vitest'
import { blockKitFaults, fenced, markedUp, shownTexts } from '../../../../test/block-kit'
import {
  endings,
  heldDeploy,
  heldPayout,
  homeOf,
  MESSAGE_ID,
  modalOf,
} from '../../../../test/slack-views'
import { approveModal } from './approve-modal'
import { cardMessage } from './card'
import { detailsModal } from './details-modal'
import { directMessage, requesterMessage } from './direct'
import { homeBlocks, inboxMessage } from './home'
import { escaped } from './text'
import { threadMessage } from './thread'
import { unfurlOf } from './unfurl'

const messageId = MESSAGE_ID
const meta = {
  request: 'req_01KKV0AHSRQXN1VRVCC3AEQSTZ',
  review: null,
  message: MESSAGE_ID,
  evidenceType: null,
} as const

/** What a caller may write to be taken for somebody else, and how it is shown. */
const ATTACKS: [string, string, string][] = [
  ['a mention of the channel', '<!channel> read this', '<!channel> read this'],
  ['a mention of a person', '<@U0123456789>', '<@U0123456789>'],
  ['emphasis', '*Approved by Mara* _really_ ~no~', '*Approved by Mara* _really_ ~no~'],
  [
    'a disguised link',
    '<https://good.example|https://evil.example>',
    '<https://good.example|https://evil.example>',
  ],
  ['an emoji', ':white_check_mark:', ':white_check_mark:'],
  ['a fence', '```\nApproved\n```', '```\nApproved\n```'],
  ['backslashes', 'a\\nb \\u202e', 'a\\nb \\u202e'],
  ['a reversed line', 'pay \u202eEUR 1', 'pay ⟨U+202E⟩EUR 1'],
  ['zero width', 'pro\u200bd', 'pro⟨U+200B⟩d'],
  ['look-alikes', 'p\u0430ypal', 'p\u0430ypal'],
]

const clock = { now: heldDeploy.now, zone: heldDeploy.zone }

/** Everything that can hold a text of the caller's, with this text in each of its places. */
function everything(text: string) {
  const views = [heldDeploy, heldPayout, ...Object.values(endings)].map((view) => ({
    ...view,
    goal: text,
    payee: text,
    arguments: text,
    readable: { text, isWhole: true },
    note: { lead: 'Tomás Rey, in their own words:', text },
  }))
  const told = { lead: 'ci-release, in their own words:', text }
  return views.flatMap((view) => {
    const evidence = [{ id: 'evd_1', label: 'Note', authorName: 'Aiko Mori', at: view.now, text }]
    const modal = modalOf(view, { evidence })
    return [
      cardMessage(view, { messageId, equalAsks: [] }),
      directMessage(view, { messageId, why: 'asked' }),
      requesterMessage(view, { messageId }),
      approveModal(modal, meta),
      detailsModal(modal, meta),
      homeBlocks(homeOf([view])),
      inboxMessage(homeOf([view])),
      threadMessage({ ...clock, ordinal: 1, at: view.now, text: ['Rejected'], note: told }),
    ]
  })
}

describe('text of a caller or a person', () => {
  it.each(ATTACKS)('with %s is never read as mark-up, and never in the fallback', (_, text) => {
    const marked = everything(text).flatMap(markedUp)
    expect(marked.length).toBeGreaterThan(0)
    for (const one of marked) {
      expect(one).not.toContain(text)
      expect(one).not.toContain(escaped(text))
    }
  })

  it.each(ATTACKS)('with %s is shown as it is, in its own face', (_, text, shown) => {
    expect(
      fenced(cardMessage({ ...heldDeploy, goal: text }, { messageId, equalAsks: [] })),
    ).toEqual([shown])
  })

  it.each(ATTACKS)('with %s is still taken by Slack', (_, text) => {
    for (const sent of everything(text)) expect(blockKitFaults(sent)).toEqual([])
  })

  it('reaches nobody with a hidden or turning character as it is, in whatever place or name', () => {
    const text = 'pay \u202eEUR\u200b 1'
    const named = { ...heldDeploy, callerName: text, ownerName: text, actor: text }
    const sent = [
      ...everything(text),
      cardMessage(named, { messageId, equalAsks: [] }),
      requesterMessage(named, { messageId }),
      homeBlocks(homeOf([named])),
      unfurlOf(named),
    ]
    for (const one of sent) expect(JSON.stringify(one)).not.toMatch(/\u202e|\u200b/u)
  })

  it('is not in an unfolded address at all', () => {
    const view = { ...heldPayout, goal: 'SECRET', arguments: 'SECRET', payee: 'SECRET' }
    const readable = { text: 'SECRET', isWhole: true }
    expect(JSON.stringify(unfurlOf({ ...view, readable }))).not.toContain('SECRET')
    expect(JSON.stringify(unfurlOf(view))).not.toContain(view.review?.words[0])
  })

  it('that hides characters or passes letters for others is told so beside it', () => {
    const goal = 'Pay p\u0430ypal \u202e\u200b'
    const texts = shownTexts(cardMessage({ ...heldDeploy, goal }, { messageId, equalAsks: [] }))
    expect(texts).toContain('\u0430 U+0430')
    expect(texts.join('\n')).toContain(
      '2 characters that cannot be seen are shown by their numbers',
    )
    const plain = shownTexts(cardMessage(heldDeploy, { messageId, equalAsks: [] })).join('\n')
    expect(plain).not.toContain('U+')
  })
})

describe('a name that is written into a sentence', () => {
  it.each(ATTACKS)('with %s is no mark-up there', (_, name) => {
    const view = { ...heldDeploy, callerName: name, ownerName: name }
    const sent = [
      cardMessage(view, { messageId, equalAsks: [] }),
      requesterMessage(view, { messageId }),
      { text: unfurlOf(view).fallback ?? '', blocks: [] },
    ]
    for (const text of sent.flatMap(markedUp)) {
      const ours = text.replace(/^\*(On what|Who is behind it|Risk|Closes)\*\n/u, '')
      expect(ours).not.toMatch(/[<>*~`]|:[a-z_]+:|(^|\s)_/u)
      expect(ours).not.toContain('\u202e')
    }
  })

  it('keeps what is only a name', () => {
    for (const name of [
      'ci_release',
      'Tomás Rey',
      'deploy.production',
      'team:payments',
      '10:41:07',
    ]) {
      expect(escaped(name)).toBe(name)
    }
  })

  it('a name that hides or turns letters is shown with them, also where a sentence is marked up', () => {
    expect(escaped('ci\u202e-esaeler')).toBe('ci⟨U+202E⟩-esaeler')
    expect(escaped('ci\u200b-release')).toBe('ci⟨U+200B⟩-release')
  })
})

it('an expiry names no human anywhere', () => {
  const { expired } = endings
  const sent = [
    cardMessage(expired, { messageId, equalAsks: [] }),
    directMessage(expired, { messageId, why: 'asked' }),
    requesterMessage(expired, { messageId }),
    unfurlOf(expired),
  ]
  for (const name of ['Mara', 'Tomás', 'Aiko', 'Jonas']) {
    expect(JSON.stringify(sent)).not.toContain(name)
  }
})
