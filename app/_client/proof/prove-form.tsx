'use client'

import { type ReactNode, useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import { Button, type ButtonKind } from '../../_ui/button'
import { CodeField } from '../../_ui/field'
import type { IconName } from '../../_ui/icon'
import { ToldNotice } from '../told-notice'
import { useFocusOnFault } from '../use-focus-on-fault'
import { closedUp, pastedDigits } from './code-digits'
import type { Proved } from './use-proved'

/**
 * A deed that asks for a factor: by passkey, by a code where there is an app, or at once where the person has neither. A
 * code is offered second, as everywhere.
 */
export function ProveForm({
  id,
  verb,
  unproved = verb,
  kind = 'normal',
  ways,
  proved,
  children,
}: {
  /** Base of the ids of its fields. */
  id: string
  /** "Remove": the buttons say "Remove with passkey". */
  verb: string
  /** What the button says where there is nothing to prove with. */
  unproved?: string
  kind?: ButtonKind
  ways: ProofWays
  proved: Proved
  /** Fields of the deed itself. */
  children?: ReactNode
}) {
  const { told, run, isPending, ceremony } = proved
  const [isCodeWanted, setCodeWanted] = useState(false)
  const isCode = ways.code && (isCodeWanted || !ways.passkey)
  const [code, setCode] = useState('')
  const form = useFocusOnFault(told)
  const fields = told?.ok === false ? told.fields : undefined

  const words = isCode || ways.passkey ? `${verb} with ${isCode ? 'code' : 'passkey'}` : unproved

  function submit() {
    if (isCode) run({ kind: 'code', code })
    else run({ kind: ways.passkey ? 'passkey' : 'none' })
  }

  return (
    <form ref={form} className="form prove" action={submit} noValidate>
      {children}
      {isCode && (
        <CodeField
          id={`${id}-code`}
          value={code}
          onChange={(event) => setCode(closedUp(event.target.value))}
          onPaste={(event) => {
            const digits = pastedDigits(event)
            if (digits !== null) setCode(digits)
          }}
          label="Code from your authenticator app"
          width={3}
          error={fields?.['code']}
        />
      )}
      <div className="acts">
        <Button
          type="submit"
          kind={kind}
          {...iconOf(isPending, ways.passkey && !isCode)}
          isBusy={isPending}
        >
          {ceremony.isAsking ? 'Waiting for your passkey' : words}
        </Button>
        {ways.passkey && ways.code && (
          <Button kind="quiet" disabled={isPending} onClick={() => setCodeWanted(!isCode)}>
            {isCode ? 'Use a passkey' : 'Use a code'}
          </Button>
        )}
      </div>
      {!isPending && !fields && <ToldNotice told={told} fault={ceremony.fault} />}
    </form>
  )
}

function iconOf(isPending: boolean, isByPasskey: boolean): { icon?: IconName } {
  if (isPending) return { icon: 'reload' }
  return isByPasskey ? { icon: 'passkey' } : {}
}
