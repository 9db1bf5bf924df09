'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { FactorView } from '#lib/wire/views-account'
import type { ProofWays } from '#lib/wire/views-common'
import { ProveForm } from '../../_client/prove-form'
import { useProved } from '../../_client/use-proved'
import type { Told } from '../../_server/told'
import { Button } from '../../_ui/button'
import { Icon } from '../../_ui/icon'
import { confirm, remove } from './actions'

/** One factor: what it is, whether it counts, and how to be rid of it. */
export function FactorRow({
  factor,
  ways,
  clock,
  onDone,
}: {
  factor: FactorView
  ways: ProofWays
  clock: Clock
  onDone: (text: string) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const { ref, key, standing } = factor
  const proved = useProved({ action: 'remove_factor', factor: ref }, async (proof) => {
    return tell(await remove({ factor: ref, proof }), onDone)
  })
  const mayConfirmAlone = standing.kind === 'waits' && standing.mayConfirmAlone
  return (
    <li className={standing.kind === 'confirmed' ? 'met' : 'missing'}>
      <Icon name={ref.kind === 'passkey' ? 'passkey' : 'code'} className="box" />
      <div className="what">
        <strong>{factor.name}</strong>
        <span>{usedText(factor, clock)}</span>
      </div>
      <div className="from">
        <span className="word">{standing.kind === 'confirmed' ? 'Confirmed' : 'Waits'}</span>
        <span>{standingText(factor, clock)}</span>
      </div>
      <div className="do">
        <Button
          size="small"
          kind="quiet"
          aria-expanded={isOpen}
          aria-controls={`${key}-remove`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Keep' : 'Remove'}
          <span className="vh"> {factor.name}</span>
        </Button>
      </div>
      {mayConfirmAlone && <ConfirmAlone factor={factor} ways={ways} onDone={onDone} />}
      {isOpen && (
        <div className="panel" id={`${key}-remove`}>
          <ProveForm id={`${key}-remove`} verb="Remove" kind="reject" ways={ways} proved={proved}>
            <p className="soft">Votes made with it stand. It makes no new ones.</p>
          </ProveForm>
        </div>
      )}
    </li>
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
