'use client'

import { type Clock, timeText } from '#lib/wire/clock'
import type { ProofWays } from '#lib/wire/views/common'
import type { PersonAccountView, PersonRowView } from '#lib/wire/views/people'
import { type ChangeDone, plainly } from '../../_client/change-told-notice'
import { ProvedDialog } from '../../_client/proof/proved-dialog'
import { Icon } from '../../_ui/icon'
import { counted } from '../../_ui/number-words'
import { unlock } from './actions'
import { ChangeDialog } from './change-dialog'

/** What an admin sees of somebody's account, and does to it. */
export function AccountCell({
  person,
  ways,
  clock,
  onDone,
}: {
  person: PersonRowView
  /** null: the viewer may do nothing here. */
  ways: ProofWays | null
  clock: Clock
  onDone: (done: ChangeDone) => void
}) {
  const { account, id, name, isViewer } = person
  if (!account) return null
  const { lockedUntil } = account
  const hasFactors = account.passkeyCount > 0 || account.hasApp || account.recoveryCodeCount > 0
  const canAct = ways !== null && (ways.passkey || ways.code) && !isViewer
  return (
    <>
      <span className="sub">{kindsOf(account)}</span>
      <span className="sub">
        {account.recoveryCodeCount === 0
          ? 'No recovery codes'
          : `${counted(account.recoveryCodeCount, 'recovery code')} left`}
      </span>
      <span className="sub">
        {account.lastSignInAt
          ? `Signed in ${timeText(account.lastSignInAt, 'day', clock)}`
          : 'Never signed in'}
      </span>
      {lockedUntil && (
        <span className="locked">
          <Icon name="alert" /> Codes locked until {timeText(lockedUntil, 'short', clock)}
        </span>
      )}
      {canAct && (lockedUntil || hasFactors) && (
        <div className="acts">
          {lockedUntil && (
            <ProvedDialog
              id={`unlock-${id}`}
              label="Unlock codes"
              labelEnd={`of ${name}`}
              title={`Unlock the codes of ${name}?`}
              action={{ action: 'unlock_codes', personId: id }}
              ways={ways}
              act={(proof) => unlock({ personId: id, proof })}
              onDone={(text) => onDone(plainly(text))}
            >
              Ask {name}, in person or by voice, whether the wrong codes were theirs. If they were
              not, somebody has their session: reset their factors instead.
            </ProvedDialog>
          )}
          {hasFactors && <ResetFactors id={id} name={name} ways={ways} onDone={onDone} />}
        </div>
      )}
    </>
  )
}

/** Whoever resets could become them: another admin approves it where dual control is on. */
export function ResetFactors({
  id,
  name,
  ways,
  onDone,
}: {
  id: string
  name: string
  ways: ProofWays
  onDone: (done: ChangeDone) => void
}) {
  return (
    <ChangeDialog
      id={`reset-${id}`}
      label="Reset factors"
      labelEnd={`of ${name}`}
      kind="reject"
      title={`Reset the factors of ${name}?`}
      change={{ kind: 'people.reset_factors', person: id }}
      isLoosening
      ways={ways}
      onDone={onDone}
    >
      Passkeys, authenticator app, recovery codes and sessions of {name} end at once, or once
      another admin approves where dual control is on. Votes made with them stand. What {name} adds
      next, a second person confirms. They are told that you did it.
    </ChangeDialog>
  )
}

function kindsOf({ passkeyCount, hasApp }: PersonAccountView): string {
  const kinds = [
    passkeyCount > 0 && counted(passkeyCount, 'passkey'),
    hasApp && 'authenticator app',
  ].filter((kind) => typeof kind === 'string')
  return kinds.length === 0 ? 'No passkey, no app' : kinds.join(', ')
}
