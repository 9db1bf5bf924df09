'use client'

import { useEffect, useState } from 'react'
import { flushSync } from 'react-dom'
import { timeText } from '#lib/wire/clock'

/** Paper has no folds: they are opened for it, and shut again as they were. */
export function PrintReady() {
  useEffect(() => {
    let opened: HTMLDetailsElement[] = []
    const open = () => {
      opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')]
      for (const fold of opened) fold.open = true
    }
    const shut = () => {
      for (const fold of opened) fold.open = false
      opened = []
    }
    addEventListener('beforeprint', open)
    addEventListener('afterprint', shut)
    if (location.hash === '#print') {
      history.replaceState(history.state, '', location.pathname + location.search)
      // Once all of the page listens, and has its faces.
      void document.fonts.ready.then(() => print())
    }
    return () => {
      removeEventListener('beforeprint', open)
      removeEventListener('afterprint', shut)
    }
  }, [])
  return null
}

/** ", printed Mon 16 Mar 2026 11:40:00 CET": by the clock of the computer that prints. Empty until it does. */
export function PrintedAt({ zone }: { zone: string }) {
  const [at, setAt] = useState<string | null>(null)
  useEffect(() => {
    const note = () => flushSync(() => setAt(new Date().toISOString()))
    addEventListener('beforeprint', note)
    return () => removeEventListener('beforeprint', note)
  }, [])
  return at === null ? null : <>, printed {timeText(at, 'full', { zone, now: at })}</>
}
