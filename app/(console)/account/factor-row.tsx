'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { AccountView, FactorView } from '#lib/wire/views/account'
import type { ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import type { Told } from '../../_server/told'
import { Button } from '../../_ui/button'
import { Icon } from '../../_ui/icon'
import { Notice } from '../../_ui/notice'
import { confirm } from './actions'
import { RemoveFactor } from './remove-factor'
import { RenamePasskey } from './rename-passkey'

interface RowProps {
  factor: FactorView
  /** No other confirmed factor is there. */
  isLast: boolean
  account: Pick<AccountView, 'ways' | 'isRecovery' | 'lock' | 'recovery'>
  clock: Clock
  onDone: (text: string) => void
}

/** One factor: what it is, whether it counts, what it is called, and how to be rid of it. */
export function FactorRow({ factor, isLast, account, clock, onDone }: RowProps) {
  const [open, setOpen] = useState<'rename' | 'remove' | null>(null)
  const { ref, key, standing } = factor
  const { ways, isRecovery, lock, recovery } = account
  const mayConfirmAlone = standing.kind === 'waits' && standing.mayConfirmAlone && !isRecovery
  const toggle = (what: 'rename' | 'remove') => setOpen(open === what ? null : what)
  const end = (text: string) => {
    setOpen(null)
    onDone(text)
  }
  return (
    <li className={standing.kind === 'confirmed' ? 'met' : 'missing'}>
      <Icon name={ref.kind === 'passkey' ? 'passkey' : 'code'} className="box" />
      <div className="what">
        <strong>{factor.name}</strong>
        <span>{usedText(factor, clock)}</span>
        {factor.synced !== null && <span>{factor.synced ? SYNCED : NOT_SYNCED}</span>}
      </div>
      <div className="from">
        <span className="word">{standing.kind === 'confirmed' ? 'Confirmed' : 'Waits'}</span>
        <span>{standingText(factor, clock)}</span>
      </div>
      <div className="do">
        {ref.kind === 'passkey' && (
          <RowButton
            label="Rename"
            name={factor.name}
            controls={`${key}-rename`}
            isOpen={open === 'rename'}
            onClick={() => toggle('rename')}
          />
        )}
        {!isRecovery && (
          <RowButton
            label="Remove"
            name={factor.name}
            controls={`${key}-remove`}
            isOpen={open === 'remove'}
            onClick={() => toggle('remove')}
          />
        )}
      </div>
      {ref.kind === 'totp' && lock && <Locked lock={lock} clock={clock} />}
      {mayConfirmAlone && <ConfirmAlone factor={factor} ways={ways} onDone={onDone} />}
      {open === 'rename' && ref.kind === 'passkey' && (
        <div className="panel" id={`${key}-rename`}>
          <RenamePasskey id={`${key}-rename`} passkeyId={ref.id} name={factor.name} onDone={end} />
        </div>
      )}
      {open === 'remove' && (
        <div className="panel" id={`${key}-remove`}>
          <RemoveFactor
            factor={factor}
            isLast={isLast}
            codesLeft={recovery.leftCount}
            ways={ways}
            onDone={onDone}
          />
        </div>
      )}
    </li>
  )
}

function RowButton({
  label,
  name,
  controls,
  isOpen,
  onClick,
}: {
  label: 'Rename' | 'Remove'
  name: string
  controls: string
  isOpen: boolean
  onClick: () => void
}) {
  return (
    <Button
      size="small"
      kind="quiet"
      aria-expanded={isOpen}
      aria-controls={controls}
      onClick={onClick}
    >
      {isOpen ? 'Keep' : label}
      <span className="vh"> {name}</span>
    </Button>
  )
}

function Locked({ lock, clock }: { lock: NonNullable<AccountView['lock']>; clock: Clock }) {
  return (
    <div className="panel">
      <Notice
        tone="stop"
        isCompact
        isStacked
        lead={`Codes are locked until ${timeText(lock.until, 'day', clock)}, after five wrong ones.`}
      >
        {lock.unlockers === ''
          ? 'Nobody else here can unlock them earlier. A passkey still works.'
          : `${lock.unlockers} can unlock them earlier. A passkey still works.`}{' '}
        If the wrong ones were not yours, somebody else uses your session: end the others below.
      </Notice>
    </div>
  )
}

function ConfirmAlone({
  factor,
  ways,
  onDone,
}: {
  factor: FactorView
  ways: ProofWays
  onDone: (text: string) => void
}) {
  const proved = useProved({ action: 'confirm_factor', factor: factor.ref }, async (proof) => {
    return tell(await confirm({ factor: factor.ref, proof }), onDone)
  })
  return (
    <div className="panel">
      <ProveForm
        id={`${factor.key}-confirm`}
        verb="Confirm it yourself"
        ways={ways}
        proved={proved}
      >
        <p className="soft">
          Nobody else here has a factor yet, so no second person can confirm it. The record will say
          that dual control was off.
        </p>
      </ProveForm>
    </div>
  )
}

const SYNCED = 'Synced: its maker may copy it to your other devices'
const NOT_SYNCED = 'Stays on its device'

function tell(told: Told, onDone: (text: string) => void): Told {
  if (told?.ok) onDone(told.text)
  return told
}

function usedText({ addedAt, lastUsedAt }: FactorView, clock: Clock): string {
  const added = `Added ${timeText(addedAt, 'day', clock)}`
  return lastUsedAt
    ? `${added}, last used ${timeText(lastUsedAt, 'day', clock)}`
    : `${added}, never used`
}

function standingText({ standing }: FactorView, clock: Clock): string {
  if (standing.kind === 'confirmed') {
    const at = timeText(standing.at, 'day', clock)
    if (standing.by === 'self') return `By yourself, ${at}`
    return standing.byName ? `By ${standing.byName}, ${at}` : at
  }
  if (standing.mayConfirmAlone) return 'For you to confirm it'
  return standing.confirmers === ''
    ? 'Nobody here can confirm it yet. Ask an admin.'
    : `For ${standing.confirmers} to confirm it`
}
