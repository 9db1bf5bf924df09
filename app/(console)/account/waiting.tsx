'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { WaitingFactorView } from '#lib/wire/views/account'
import type { ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { ToldNotice } from '../../_client/told-notice'
import { Button } from '../../_ui/button'
import { Icon } from '../../_ui/icon'
import { Unordered } from '../../_ui/list'
import { Notice } from '../../_ui/notice'
import { Section } from '../../_ui/section'
import { confirm } from './actions'

/** First factors of other people, for this person to vouch for. */
export function Waiting({
  waiting,
  ways,
  clock,
}: {
  waiting: readonly WaitingFactorView[]
  ways: ProofWays
  clock: Clock
}) {
  const [done, setDone] = useState('')
  // The section stays for as long as it has something to tell: also that the last one was confirmed.
  if (waiting.length === 0 && !done) return null
  return (
    <Section
      id="waiting"
      isPrinted={false}
      title="For you to confirm"
      note="A first factor is confirmed by a second person, so that nobody arms themselves."
    >
      <div className="stack">
        {done && <ToldNotice told={{ ok: true, text: done }} />}
        {waiting.length > 0 && (
          <Unordered className="factors">
            {waiting.map((factor) => (
              <WaitingRow
                key={factor.key}
                factor={factor}
                ways={ways}
                clock={clock}
                onDone={setDone}
              />
            ))}
          </Unordered>
        )}
      </div>
    </Section>
  )
}

function WaitingRow({
  factor,
  ways,
  clock,
  onDone,
}: {
  factor: WaitingFactorView
  ways: ProofWays
  clock: Clock
  onDone: (text: string) => void
}) {
  const [isOpen, setOpen] = useState(false)
  const { ref, key, person } = factor
  const proved = useProved({ action: 'confirm_factor', factor: ref }, async (proof) => {
    const told = await confirm({ factor: ref, proof })
    if (told?.ok) onDone(`${person.name}: ${told.text}`)
    return told
  })
  return (
    <li className="missing">
      <Icon name={ref.kind === 'passkey' ? 'passkey' : 'code'} className="box" />
      <div className="what">
        <strong>{person.name}</strong>
        <span>{person.email}</span>
      </div>
      <div className="from">
        <span className="word">{factor.name}</span>
        <span>Added {timeText(factor.addedAt, 'day', clock)}</span>
      </div>
      <div className="do">
        <Button
          size="small"
          aria-expanded={isOpen}
          aria-controls={`${key}-confirm`}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Not now' : 'Confirm'}
          <span className="vh"> for {person.name}</span>
        </Button>
      </div>
      {isOpen && (
        <div className="panel" id={`${key}-confirm`}>
          <ProveForm id={`${key}-confirm`} verb="Confirm" kind="sign" ways={ways} proved={proved}>
            <p className="soft">
              Ask {person.name}, in person or by voice, whether they added it. From then on their
              vote counts with it.
            </p>
            {!factor.isSecondHuman && (
              <Notice tone="hold" isCompact isStacked lead="You made them a sign-in link lately.">
                So the two of you might be one human. The record will say that dual control was off.
              </Notice>
            )}
          </ProveForm>
        </div>
      )}
    </li>
  )
}
