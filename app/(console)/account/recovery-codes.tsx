'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { RecoveryView } from '#lib/wire/views/account'
import type { ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { ToldNotice } from '../../_client/told-notice'
import { Fold } from '../../_ui/fold'
import { Notice } from '../../_ui/notice'
import { counted } from '../../_ui/number-words'
import { makeCodes } from './actions'
import { CodeSheet } from './code-sheet'

/** How many are left, and how to make new ones. The codes themselves stand here once, until they are put away. */
export function RecoveryCodes({
  recovery,
  ways,
  person,
  clock,
}: {
  recovery: RecoveryView
  ways: ProofWays
  person: { name: string; email: string }
  clock: Clock
}) {
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [made, setMade] = useState({ count: 0, text: '' })
  if (codes) {
    return (
      <CodeSheet
        codes={codes}
        email={person.email}
        onDone={() => {
          setCodes(null)
          setMade(({ count }) => ({
            count: count + 1,
            text: 'Put away. Nobody can show these codes again.',
          }))
        }}
      />
    )
  }
  const canMake = ways.passkey || ways.code
  return (
    <div className="stack">
      {made.text && <ToldNotice told={{ ok: true, text: made.text }} />}
      <Standing recovery={recovery} canMake={canMake} clock={clock} />
      {canMake && (
        <div>
          <Fold
            key={made.count}
            icon="code"
            title={recovery.madeAt ? 'Make new recovery codes' : 'Make recovery codes'}
          >
            <Make isReplacing={recovery.leftCount > 0} ways={ways} onMade={setCodes} />
          </Fold>
        </div>
      )}
    </div>
  )
}

function Standing({
  recovery: { leftCount, madeAt, isFew },
  canMake,
  clock,
}: {
  recovery: RecoveryView
  canMake: boolean
  clock: Clock
}) {
  if (madeAt === null) {
    return (
      <p className="soft">
        {canMake
          ? 'You have none. Without them, a lost phone means that an admin has to let you in.'
          : 'You can make them once a factor of yours is confirmed.'}
      </p>
    )
  }
  const left = `${leftCount === 0 ? 'None' : counted(leftCount, 'code')} left, made ${timeText(madeAt, 'day', clock)}.`
  if (!isFew) return <p>{left}</p>
  return (
    <Notice tone="hold" isCompact isStacked lead={left}>
      Make new ones before you need them.
    </Notice>
  )
}

function Make({
  isReplacing,
  ways,
  onMade,
}: {
  isReplacing: boolean
  ways: ProofWays
  onMade: (codes: readonly string[]) => void
}) {
  const proved = useProved({ action: 'make_recovery_codes' }, async (proof) => {
    const made = await makeCodes({ proof })
    if (!made.ok) return made
    onMade(made.value)
    return null
  })
  return (
    <ProveForm id="make-codes" verb="Make ten codes" ways={ways} proved={proved}>
      <p className="soft">
        They are shown once. Have paper, a printer or a password manager at hand.
        {isReplacing && ' The codes you have now sign in no more.'}
      </p>
    </ProveForm>
  )
}
