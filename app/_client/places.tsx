'use client'

import { useEffect, useState } from 'react'

/**
 * Makes links to places of a page useful: following one puts the place into the address, by itself, and copies the whole
 * address too. A place inside a fold that is shut is opened and brought into view.
 */
export function Places() {
  const [said, setSaid] = useState('')

  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      const link = event.target instanceof Element ? event.target.closest('a') : null
      if (!link?.hasAttribute('data-permalink')) return
      void copied(link.href).then((isCopied) =>
        setSaid(isCopied ? 'Link copied' : 'The link is in the address bar'),
      )
    }
    document.addEventListener('click', onClick)
    addEventListener('hashchange', showTarget)
    showTarget()
    return () => {
      document.removeEventListener('click', onClick)
      removeEventListener('hashchange', showTarget)
    }
  }, [])

  useEffect(() => {
    if (said === '') return
    const timer = setTimeout(() => setSaid(''), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])

  return (
    <p className="place-said no-print" role="status">
      {said && <span>{said}</span>}
    </p>
  )
}

/** Long enough to be read; the address bar keeps it. */
const SAID_MS = 4_000

function copied(text: string): Promise<boolean> {
  // There is no clipboard on a page that came without TLS.
  if (!navigator.clipboard) return Promise.resolve(false)
  return navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  )
}

function showTarget(): void {
  const id = decoded(location.hash.slice(1))
  const target = id === '' ? null : document.getElementById(id)
  if (target === null && id.startsWith('entry-')) openOlder(id)
  const fold = target?.closest('details:not([open])')
  if (!(fold instanceof HTMLDetailsElement)) return
  fold.open = true
  target?.scrollIntoView({ block: 'start' })
}

/** An entry that the page leaves out stands where all are shown. There is no such link there, so this happens once. */
function openOlder(id: string): void {
  const older = document.querySelector<HTMLAnchorElement>('a[data-older-entries]')
  if (older) location.replace(new URL(`#${id}`, older.href))
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment)
  } catch {
    return ''
  }
}
