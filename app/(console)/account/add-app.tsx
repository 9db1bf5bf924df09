'use client'

import { useState } from 'react'
import type { TotpOffered } from '#lib/commands/factor/enrol-totp'
import { type Clock, timeText } from '#lib/wire/clock'
import type { ProofWays } from '#lib/wire/views/common'
import { closedUp, pastedDigits } from '../../_client/proof/code-digits'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { ToldNotice } from '../../_client/told-notice'
import { useFocusOnFault } from '../../_client/use-focus-on-fault'
import { useTold } from '../../_client/use-told'
import type { Told } from '../../_server/told'
import { Button } from '../../_ui/button'
import { CodeField } from '../../_ui/field'
import { addApp, startApp } from './actions'
import { QrCode } from './qr-code'

/** A proof where there is something to prove with, then the secret, then a code of it typed back. */
export function AddApp({
  ways,
  isReplacing,
  clock,
  onDone,
}: {
  ways: ProofWays
  /** There is one already: it keeps working until the new one has shown a right code. */
  isReplacing: boolean
  clock: Clock
  onDone: (text: string) => void
}) {
  const [offered, setOffered] = useState<TotpOffered | null>(null)
  const proved = useProved({ action: 'add_factor' }, async (proof) => {
    const started = await startApp({ proof })
    if (!started.ok) return started
    setOffered(started.value)
    return null
  })
  if (offered) return <TypeBack offered={offered} clock={clock} onDone={onDone} />
  return (
    <ProveForm
      id="add-app"
      verb="Continue"
      unproved="Show the code to scan"
      ways={ways}
      proved={proved}
    >
      {isReplacing && (
        <p className="soft">
          A person has one. The one you have works until the new one has shown a right code.
        </p>
      )}
    </ProveForm>
  )
}

function TypeBack({
  offered,
  clock,
  onDone,
}: {
  offered: TotpOffered
  clock: Clock
  onDone: (text: string) => void
}) {
  const { enrolmentId, secret, qr, expiresAt } = offered
  const [code, setCode] = useState('')
  const [told, run, isPending] = useTold(async (): Promise<Told> => {
    const added = await addApp({ enrolmentId, code })
    if (added?.ok) onDone(added.text)
    return added
  })
  const form = useFocusOnFault(told)
  const codeError = told?.ok === false ? told.fields?.['code'] : undefined

  return (
    <form ref={form} className="offer" action={() => run()} noValidate>
      <QrCode drawing={qr} label="QR code with the secret for your authenticator app" />
      <div className="offer-steps">
        <p>
          Scan it with your authenticator app, or type this secret into it. Nobody can show it to
          you again.
        </p>
        <p className="secret">
          {groupsOfFour(secret).map(({ at, text }) => (
            <span key={at}>{text}</span>
          ))}
        </p>
        <CodeField
          id="new-code"
          value={code}
          onChange={(event) => setCode(closedUp(event.target.value))}
          onPaste={(event) => {
            const digits = pastedDigits(event)
            if (digits !== null) setCode(digits)
          }}
          label="Code that the app shows now"
          hint={`Type it before ${timeText(new Date(expiresAt).toISOString(), 'time', clock)}`}
          error={codeError}
        />
        <div className="acts">
          <Button type="submit" {...(isPending && { icon: 'reload' as const })} isBusy={isPending}>
            Add authenticator app
          </Button>
        </div>
        {!isPending && !codeError && <ToldNotice told={told} />}
      </div>
    </form>
  )
}

function groupsOfFour(text: string): { at: number; text: string }[] {
  const out: { at: number; text: string }[] = []
  for (let at = 0; at < text.length; at += 4) out.push({ at, text: text.slice(at, at + 4) })
  return out
}
