'use client'

import { useEffect, useState, useSyncExternalStore } from 'react'
import { knock } from '../../../_client/door'
import { takeWhereTo } from '../../../_client/where-to'
import { Button, ButtonLink } from '../../../_ui/button'
import { Notice } from '../../../_ui/notice'
import { type DoorFault, doorFault, LINK_REFUSED } from '../../door-faults'
import { type LinkView, readLink } from './actions'

type Reading = { link: LinkView } | { fault: DoorFault } | null

const INCOMPLETE: DoorFault = {
  lead: 'This link is not whole.',
  text: 'Copy all of it, with what stands after the #, and open it again.',
}

/** Reads whose link it is, and signs in when asked to: never by itself. */
export function LinkSignIn({
  from,
  signedInName,
}: {
  /** Where to go next; null: where this person has something to do. */
  from: string | null
  /** Who is signed in at this browser now. */
  signedInName: string | null
}) {
  const secret = useFragment()
  const [reading, setReading] = useState<Reading>(null)
  const [isBusy, setBusy] = useState(false)

  useEffect(() => {
    if (secret === null) return
    let isCurrent = true
    void read(secret).then((read) => isCurrent && setReading(read))
    return () => {
      isCurrent = false
    }
  }, [secret])

  async function enter() {
    if (!reading || 'fault' in reading || isBusy) return
    setBusy(true)
    const answer = await knock('callback/link', { secret: secret ?? '' })
    if (answer.isOpen) return location.replace(from ?? takeWhereTo() ?? reading.link.next)
    setReading({ fault: doorFault(answer.code, LINK_REFUSED) })
    setBusy(false)
  }

  if (reading && 'fault' in reading) return <Refused fault={reading.fault} />
  return (
    <div className="door-ways">
      {signedInName && (
        <Notice tone="plain" isStacked lead={`${signedInName} is signed in here now.`}>
          Using the link signs somebody in instead.
        </Notice>
      )}
      <form action={() => void enter()}>
        <Button
          type="submit"
          size="large"
          isWide
          icon={reading && !isBusy ? 'go' : 'reload'}
          isBusy={isBusy}
          disabled={!reading}
        >
          {reading ? `Sign in as ${reading.link.name}` : 'Reading the link'}
        </Button>
      </form>
      <p className="after-seal">
        Opening this page uses nothing up. The button does, and then the link is spent.
      </p>
      <noscript>
        <Notice tone="stop" lead="Signing in needs JavaScript.">
          One-time links do not work without it.
        </Notice>
      </noscript>
    </div>
  )
}

function Refused({ fault }: { fault: DoorFault }) {
  return (
    <div className="door-ways">
      <Notice tone="stop" role="alert" isStacked lead={fault.lead}>
        {fault.text}
      </Notice>
      <p className="acts">
        <ButtonLink href="/sign-in">Other ways to sign in</ButtonLink>
      </p>
    </div>
  )
}

async function read(secret: string): Promise<Reading> {
  if (secret === '') return { fault: INCOMPLETE }
  const answer = await readLink(secret).catch(() => null)
  if (!answer) return { fault: doorFault('Unreachable') }
  return answer.ok ? { link: answer.value } : { fault: { lead: answer.title, text: answer.text } }
}

/** What stands after the #; null while the server draws the page, which never hears of it. */
function useFragment(): string | null {
  return useSyncExternalStore(
    (onChange) => {
      addEventListener('hashchange', onChange)
      return () => removeEventListener('hashchange', onChange)
    },
    () => location.hash.slice(1),
    () => null,
  )
}
