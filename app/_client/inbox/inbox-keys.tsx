'use client'

import { useEffect, useState } from 'react'
import { Unordered } from '../../_ui/list'
import { Modal } from '../modal'

/**
 * Keys of the inbox: `j` and `k` move the focus from request to request, so Enter opens and screen readers follow, and so do
 * the arrows once a request has the focus; `x` selects it, `s` goes to what is selected; `/` searches; `?` lists the keys.
 * No key approves or rejects.
 */
export function InboxKeys() {
  const [isHelpOpen, setHelpOpen] = useState(false)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return
      if (event.key === '?') setHelpOpen(true)
      else if (!KEYS[event.key]?.()) return
      event.preventDefault()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])

  return (
    <Modal id="keys" title="Keys" isOpen={isHelpOpen} onClose={() => setHelpOpen(false)}>
      <Unordered className="key-list">
        {HELP.map(([key, deed]) => (
          <li key={key}>
            <kbd>{key}</kbd> {deed}
          </li>
        ))}
      </Unordered>
      <p className="soft">
        No key approves or rejects. That is done where the request can be read: several are rejected
        together, none is approved so.
      </p>
    </Modal>
  )
}

const HELP = [
  ['j', 'Next request, and the down arrow once one has the focus'],
  ['k', 'Previous request, and the up arrow'],
  ['Enter', 'Open it'],
  ['x', 'Select it, or no longer, where you may reject it'],
  ['s', 'Go to what is selected'],
  ['/', 'Search'],
  ['?', 'These keys'],
] as const

/** Each answers whether it did anything; else the key is the browser's. */
const KEYS: Record<string, () => boolean> = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => rowInFocus() !== null && move(1),
  ArrowUp: () => rowInFocus() !== null && move(-1),
  x: () => click(rowInFocus()?.querySelector('input[type="checkbox"]')),
  s: () => focus('#reject-selected'),
  // Selected, so that typing begins a new search.
  '/': () => focus('#filters input[type="search"]'),
}

function rowInFocus(): HTMLTableRowElement | null {
  return document.activeElement?.closest<HTMLTableRowElement>('.inbox tbody tr') ?? null
}

function move(step: 1 | -1): boolean {
  const goals = [...document.querySelectorAll<HTMLAnchorElement>('.inbox a.goal')]
  const row = rowInFocus()
  const at = goals.findIndex((goal) => row?.contains(goal))
  const first = step === 1 ? 0 : goals.length - 1
  const next = goals[at === -1 ? first : at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
  return goals.length > 0
}

function click(element: HTMLElement | null | undefined): boolean {
  element?.click()
  return Boolean(element)
}

function focus(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector)
  element?.focus()
  if (element instanceof HTMLInputElement) element.select()
  return element !== null
}

/** Typing in a field, a shortcut of the browser's, or a dialog that is open. A box is not typed in. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  const { target } = event
  return (
    !(target instanceof HTMLElement) ||
    target.isContentEditable ||
    target.closest('input:not([type="checkbox"]), select, textarea, dialog') !== null
  )
}
