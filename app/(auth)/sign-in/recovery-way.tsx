'use client'

import { useState } from 'react'
import { knock } from '../../_client/door'
import { Button } from '../../_ui/button'
import { TextField } from '../../_ui/field'
import { Fold } from '../../_ui/fold'
import { Notice } from '../../_ui/notice'
import { type DoorFault, doorFault, RECOVERY_REFUSED } from '../door-faults'

/** The way in for whoever lost every factor: an address and one of the codes kept on paper. Folded, because it is the last one. */
export function RecoveryWay() {
  const [email, setEmail] = useState('')
  const [code, setCode] = useState('')
  const [refused, setRefused] = useState<DoorFault | null>(null)
  const [isBusy, setBusy] = useState(false)

  async function enter() {
    if (isBusy) return
    setRefused(null)
    setBusy(true)
    const answer = await knock('callback/recovery', { email, code })
    if (answer.isOpen) return location.assign('/account')
    setRefused(doorFault(answer.code, RECOVERY_REFUSED))
    setBusy(false)
  }

  return (
    <Fold icon="code" title="Sign in with a recovery code">
      <form className="stack recovery-way" action={() => void enter()}>
        {refused && (
          <Notice tone="stop" role="alert" isStacked lead={refused.lead}>
            {refused.text}
          </Notice>
        )}
        <TextField
          id="recovery-email"
          label="Your e-mail address here"
          type="email"
          autoComplete="username"
          value={email}
          maxLength={254}
          required
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          id="recovery-code"
          label="Recovery code"
          hint="Five groups of four. Case, spaces and hyphens do not matter."
          isBytes
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          value={code}
          maxLength={64}
          required
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" isWide isBusy={isBusy} {...(isBusy && { icon: 'reload' as const })}>
          Sign in with this code
        </Button>
        <p className="soft">It signs in once, and votes never.</p>
      </form>
    </Fold>
  )
}
