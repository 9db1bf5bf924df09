'use client'

import { useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { FactorView } from '#lib/wire/views-account'
import type { ProofWays } from '#lib/wire/views-common'
import { ToldNotice } from '../../_client/told-notice'
import { Fold } from '../../_ui/fold'
import { Unordered } from '../../_ui/list'
import { AddApp } from './add-app'
import { AddPasskey } from './add-passkey'
import { FactorRow } from './factor-row'

/** What proves that a vote is this person's, and how to add to it. */
export function Factors({
  factors,
  ways,
  clock,
}: {
  factors: readonly FactorView[]
  ways: ProofWays
  clock: Clock
}) {
  // Told here, because the row or form that did it is gone by then.
  const [done, setDone] = useState({ count: 0, text: '' })
  const hasApp = factors.some(({ ref }) => ref.kind === 'totp')
  const onDone = (text: string) => setDone(({ count }) => ({ count: count + 1, text }))
  return (
    <div className="stack">
      {done.text && <ToldNotice told={{ ok: true, text: done.text }} />}
      {factors.length === 0 ? (
        <p className="soft">
          You have none yet, so you cannot vote. Add a passkey: it signs in and votes everywhere.
        </p>
      ) : (
        <Unordered className="factors">
          {factors.map((factor) => (
            <FactorRow key={factor.key} factor={factor} ways={ways} clock={clock} onDone={onDone} />
          ))}
        </Unordered>
      )}
      <div>
        <Fold key={`passkey-${done.count}`} icon="passkey" title="Add a passkey">
          <AddPasskey ways={ways} onDone={onDone} />
        </Fold>
        <Fold
          key={`app-${done.count}`}
          icon="code"
          title={hasApp ? 'Replace the authenticator app' : 'Add an authenticator app'}
        >
          <AddApp ways={ways} isReplacing={hasApp} clock={clock} onDone={onDone} />
        </Fold>
      </div>
    </div>
  )
}
