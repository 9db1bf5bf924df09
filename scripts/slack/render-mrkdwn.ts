import { escapeHtml, Html, html } from './html'
import { CHANNELS, USERS } from './workspace'

const TOKEN = /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>/g
const BARE_LINK = /\bhttps?:\/\/[^\s<>|&]+/g
const EMPHASIS = [
  [/(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])/g, 'b'],
  [/(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)/g, 'i'],
  [/(?<![\w~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\w~])/g, 's'],
] as const

/** Slack's own mark-up, near enough (docs.slack.dev/messaging/formatting-message-text). */
export function renderMrkdwn(text: string, isVerbatim = false): Html {
  let markUp = ''
  let end = 0
  for (const found of text.matchAll(TOKEN)) {
    markUp += prose(text.slice(end, found.index), isVerbatim)
    const [whole, block, code, control] = found
    if (block !== undefined) markUp += html`<pre class="fence">${decode(block).trim()}</pre>`.text
    else if (code !== undefined) markUp += html`<code>${decode(code)}</code>`.text
    else if (control !== undefined) markUp += renderControl(control).text
    end = found.index + whole.length
  }
  return new Html(markUp + prose(text.slice(end), isVerbatim))
}

/** A link that leads somewhere a person may go, else its words alone. */
export function renderLink(url: string, words: string): Html {
  const isSafe = URL.canParse(url) && /^(https?|mailto):$/.test(new URL(url).protocol)
  if (!isSafe) return html`${words}`
  return html`<a href="${url}" target="_blank" rel="noreferrer">${words}</a>`
}

export function renderLines(text: string): Html {
  return new Html(escapeHtml(text).replaceAll('\n', '<br>'))
}

export function userName(id: string): string {
  return USERS.find((user) => user.id === id)?.realName ?? id
}

/** <https://…|words>, <@U…>, <#C…>, <!channel>, <!date^…|fallback> */
function renderControl(control: string): Html {
  const [target = '', words] = control.split('|', 2).map(decode)
  if (target.startsWith('@'))
    return html`<span class="mention">@${userName(target.slice(1))}</span>`
  if (target.startsWith('#')) {
    const channel = CHANNELS.find(({ id }) => id === target.slice(1))
    return html`<span class="mention">#${channel?.name ?? target.slice(1)}</span>`
  }
  if (target.startsWith('!date')) return html`${words ?? target}`
  if (target.startsWith('!')) return html`<span class="mention">@${words ?? target.slice(1)}</span>`
  return renderLink(target, words ?? target)
}

function prose(text: string, isVerbatim: boolean): string {
  let markUp = escapeHtml(decode(text))
  for (const [pattern, tag] of EMPHASIS) markUp = markUp.replaceAll(pattern, `<${tag}>$1</${tag}>`)
  if (!isVerbatim) markUp = markUp.replaceAll(BARE_LINK, (url) => renderLink(url, url).text)
  return markUp.replaceAll('\n', '<br>')
}

/** The three characters that Slack has escaped. */
function decode(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
