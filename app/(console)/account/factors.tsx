'use client'

import { useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { AccountView } from '#lib/wire/views/account'
import { ToldNotice } from '../../_client/told-notice'
import { Fold } from '../../_ui/fold'
import { Unordered } from '../../_ui/list'
import { AddApp } from './add-app'
import { AddPasskey } from './add-passkey'
import { FactorRow } from './factor-row'

/** What proves that a vote is this person's, and how to add to it. */
export function Factors({ account, clock }: { account: AccountView; clock: Clock }) {
  const { factors, ways, isRecovery } = account
  // Told here, because the row or form that did it is gone by then.
  const [done, setDone] = useState({ count: 0, text: '' })
  const app = factors.find(({ ref }) => ref.kind === 'totp')
  const confirmed = factors.filter(({ standing }) => standing.kind === 'confirmed')
  const isKeptApp = isRecovery && app?.standing.kind === 'confirmed'
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
            <FactorRow
              key={factor.key}
              factor={factor}
              isLast={confirmed.length === 1 && confirmed[0] === factor}
              account={account}
              clock={clock}
              onDone={onDone}
            />
          ))}
        </Unordered>
      )}
      <div>
        <Fold key={`passkey-${done.count}`} icon="passkey" title="Add a passkey">
          <AddPasskey ways={ways} onDone={onDone} />
        </Fold>
        {!isKeptApp && (
          <Fold
            key={`app-${done.count}`}
            icon="code"
            title={app ? 'Replace the authenticator app' : 'Add an authenticator app'}
          >
            <AddApp ways={ways} isReplacing={app !== undefined} clock={clock} onDone={onDone} />
          </Fold>
        )}
      </div>
    </div>
  )
}
