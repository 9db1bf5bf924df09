import { expect, test } from 'vitest'
import { html } from './html'
import type { Json } from './journal'
import { renderBlocks } from './render-blocks'
import { renderMrkdwn } from './render-mrkdwn'

const EVIL = '<img src=x onerror=alert(1)>'

function drawn(...blocks: object[]): string {
  return renderBlocks(blocks as Json[]).text
}

const plain = (text: string) => ({ type: 'plain_text', text })
const rich = (...elements: object[]) => ({ type: 'rich_text', elements })
const text = (words: string, style: object = {}) => ({ type: 'text', text: words, style })

test('text is never mark-up, wherever it stands', () => {
  const markUp = drawn(
    { type: 'header', text: plain(EVIL) },
    { type: 'section', text: { type: 'mrkdwn', text: EVIL }, fields: [plain(EVIL)] },
    { type: 'context', elements: [plain(EVIL)] },
    rich(
      { type: 'rich_text_section', elements: [text(EVIL), text(EVIL, { code: true })] },
      { type: 'rich_text_preformatted', elements: [text(EVIL)] },
      { type: 'rich_text_quote', elements: [text(EVIL)] },
    ),
    {
      type: 'actions',
      block_id: EVIL,
      elements: [{ type: 'button', action_id: EVIL, text: plain(EVIL), value: EVIL }],
    },
    {
      type: 'input',
      block_id: 'i',
      label: plain(EVIL),
      hint: plain(EVIL),
      element: { type: 'plain_text_input', action_id: 'v', initial_value: `"${EVIL}` },
    },
  )
  expect(markUp).not.toContain('<img')
  expect(markUp).toContain('&lt;img src=x onerror=alert(1)&gt;')
})

test('a link leads to a web page or nowhere', () => {
  const link = { type: 'link', url: 'javascript:alert(1)', text: 'here' }
  const button = { type: 'button', action_id: 'open', text: plain('Open'), url: 'javascript:1' }
  const markUp = drawn(
    rich({ type: 'rich_text_section', elements: [link] }),
    { type: 'actions', block_id: 'b', elements: [button] },
    { type: 'section', text: { type: 'mrkdwn', text: '<javascript:alert(1)|here>' } },
  )
  expect(markUp).not.toContain('javascript:')
})

test('mark-up of Slack is read as Slack reads it', () => {
  const cases = [
    ['*On what*\nproduction', '<b>On what</b><br>production'],
    ['2*3*4 and snake_case_name', '2*3*4 and snake_case_name'],
    ['`*code*`', '<code>*code*</code>'],
    ['&lt;!channel&gt; &amp;amp;', '&lt;!channel&gt; &amp;amp;'],
    ['<!channel>', '<span class="mention">@channel</span>'],
    ['<@U0MARA0001>', '<span class="mention">@Mara Lindqvist</span>'],
    [
      '<https://a.example/?b=1&amp;c|words>',
      '<a href="https://a.example/?b=1&amp;c" target="_blank" rel="noreferrer">words</a>',
    ],
  ]
  for (const [written, expected] of cases) {
    expect(renderMrkdwn(String(written), true).text).toBe(expected)
  }
})

test('lists, styles, choices and questions are drawn', () => {
  const items = [{ type: 'rich_text_section', elements: [text('one', { bold: true })] }]
  expect(drawn(rich({ type: 'rich_text_list', style: 'bullet', elements: items }))).toBe(
    '<ul class="plain"><li><b>one</b></li></ul>',
  )
  const options = [{ text: plain('Too risky'), value: 'too_risky' }]
  const choice = (type: string) => ({
    type: 'input',
    block_id: type,
    label: plain('Reason'),
    element: { type, action_id: 'value', options },
  })
  expect(drawn(choice('static_select'))).toContain('<option value="too_risky" >Too risky</option>')
  expect(drawn(choice('radio_buttons'))).toContain('type="radio"')
  const confirm = {
    title: plain('Sure?'),
    text: plain('It'),
    confirm: plain('Y'),
    deny: plain('N'),
  }
  const button = { type: 'button', action_id: 'a', text: plain('Go'), confirm }
  expect(drawn({ type: 'actions', block_id: 'b', elements: [button] })).toContain(
    'data-confirm="{&quot;title&quot;:&quot;Sure?&quot;',
  )
})

test('a block that the page does not know is seen at once', () => {
  expect(drawn({ type: 'carousel' })).toContain('This page does not know carousel.')
})

test('only what was made as mark-up is mark-up', () => {
  expect(html`<p>${EVIL}${html`<b>${'"'}</b>`}${null}${false}${[html`<i></i>`]}</p>`.text).toBe(
    '<p>&lt;img src=x onerror=alert(1)&gt;<b>&quot;</b><i></i></p>',
  )
})
