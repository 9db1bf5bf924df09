'use client'

import { useEffect, useState } from 'react'
import { Unordered } from '../_ui/list'
import { Modal } from './modal'

/**
 * Keys of the inbox: `j` and `k` move the focus from request to request, so Enter opens and screen readers follow; `/`
 * searches; `?` lists the keys. No key approves.
 */
export function InboxKeys() {
  const [isHelpOpen, setHelpOpen] = useState(false)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return
      const act = KEYS[event.key]
      if (!act && event.key !== '?') return
      event.preventDefault()
      if (act) act()
      else setHelpOpen(true)
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
        No key approves or rejects. That is done on the request, where it can be read.
      </p>
    </Modal>
  )
}

const HELP = [
  ['j', 'Next request'],
  ['k', 'Previous request'],
  ['Enter', 'Open it'],
  ['/', 'Search'],
  ['?', 'These keys'],
] as const

const KEYS: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  // Selected, so that typing begins a new search.
  '/': () => document.querySelector<HTMLInputElement>('#filters input[type="search"]')?.select(),
}

function move(step: 1 | -1): void {
  const goals = [...document.querySelectorAll<HTMLAnchorElement>('.inbox a.goal')]
  const at = goals.findIndex((goal) => goal.matches(':focus'))
  const first = step === 1 ? 0 : goals.length - 1
  const next = goals[at === -1 ? first : at + step]
  next?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Typing in a field, a shortcut of the browser's, or a dialog that is open. */
function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true
  const { target } = event
  return (
    !(target instanceof HTMLElement) ||
    target.isContentEditable ||
    target.closest('input, select, textarea, dialog') !== null
  )
}
