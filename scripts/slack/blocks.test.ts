import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import type { Json } from './journal'
import { renderModal } from './page'
import { renderBlocks } from './render-blocks'

const FOLDER = path.resolve('lib/notify/slack/blocks/snapshots')
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))

test.each(names)('the page draws all of what the product sends: %s', (name) => {
  const content = JSON.parse(readFileSync(path.join(FOLDER, name), 'utf8')) as Json
  const blocks = content['blocks'] as Json[]
  const drawn =
    content['type'] === 'modal'
      ? renderModal({ view: content, errors: {} }).text
      : renderBlocks(blocks).text
  expect(drawn).not.toContain('class="unknown"')
  for (const text of textsOf(blocks)) expect(legible(drawn)).toContain(legible(text))
})

/** Every text that a person reads, wherever it stands in the blocks. */
function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (typeof node !== 'object' || node === null) return []
  const { type, text } = node as Json
  const own = typeof text === 'string' && type !== 'mrkdwn' ? [text] : []
  return [...own, ...Object.values(node).flatMap(textsOf)]
}

/** Without mark-up, and without the blanks around it. */
function legible(markUp: string): string {
  return markUp.replaceAll(/&lt;|&gt;|&quot;|&#39;|&amp;|[<>"'&]/g, '').replaceAll(/\s+|br/g, '')
}
