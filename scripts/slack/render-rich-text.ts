import { type Html, html } from './html'
import type { Json } from './journal'
import { renderLines, renderLink, userName } from './render-mrkdwn'

const STYLES = [
  ['code', (inner: Html) => html`<code>${inner}</code>`],
  ['bold', (inner: Html) => html`<b>${inner}</b>`],
  ['italic', (inner: Html) => html`<i>${inner}</i>`],
  ['strike', (inner: Html) => html`<s>${inner}</s>`],
] as const

/** A `rich_text` block: what people type, and what apps send that must not be read as mark-up. */
export function renderRichText(block: Json): Html {
  return html`${childrenOf(block).map(renderPart)}`
}

function renderPart(part: Json): Html {
  const inner = childrenOf(part)
  switch (part['type']) {
    case 'rich_text_section':
      return html`<p>${inner.map(renderInline)}</p>`
    case 'rich_text_preformatted':
      return html`<pre class="fence">${inner.map(({ text, url }) => html`${String(text ?? url)}`)}</pre>`
    case 'rich_text_quote':
      return html`<blockquote>${inner.map(renderInline)}</blockquote>`
    case 'rich_text_list': {
      const items = inner.map((item) => html`<li>${childrenOf(item).map(renderInline)}</li>`)
      return part['style'] === 'ordered'
        ? html`<ol class="plain">${items}</ol>`
        : html`<ul class="plain">${items}</ul>`
    }
    default:
      return unknown(part)
  }
}

function renderInline(inline: Json): Html {
  const words = renderWords(inline)
  const style = (inline['style'] ?? {}) as Json
  return STYLES.reduce((inner, [name, wrap]) => (style[name] === true ? wrap(inner) : inner), words)
}

function renderWords(inline: Json): Html {
  switch (inline['type']) {
    case 'text':
      return renderLines(String(inline['text']))
    case 'link':
      return renderLink(String(inline['url']), String(inline['text'] ?? inline['url']))
    case 'user':
      return html`<span class="mention">@${userName(String(inline['user_id']))}</span>`
    case 'broadcast':
      return html`<span class="mention">@${String(inline['range'])}</span>`
    case 'emoji':
      return html`:${String(inline['name'])}:`
    default:
      return unknown(inline)
  }
}

/** Seen at once, by people and by the tests: this page must know every block that the product sends. */
export function unknown(what: Json): Html {
  return html`<span class="unknown">This page does not know ${String(what['type'])}.</span>`
}

function childrenOf(node: Json): Json[] {
  return (node['elements'] ?? []) as Json[]
}
