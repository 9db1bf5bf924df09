'use client'

import type { FactorView } from '#lib/wire/views/account'
import type { ProofWays } from '#lib/wire/views/common'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { Notice } from '../../_ui/notice'
import { counted } from '../../_ui/number-words'
import { remove } from './actions'

/** Takes a factor away, and says what it means where it is the last that counts. */
export function RemoveFactor({
  factor: { ref, key },
  isLast,
  codesLeft,
  ways,
  onDone,
}: {
  factor: FactorView
  isLast: boolean
  codesLeft: number
  ways: ProofWays
  onDone: (text: string) => void
}) {
  const proved = useProved({ action: 'remove_factor', factor: ref }, async (proof) => {
    const told = await remove({ factor: ref, proof })
    if (told?.ok) onDone(told.text)
    return told
  })
  return (
    <ProveForm id={`${key}-remove`} verb="Remove" kind="reject" ways={ways} proved={proved}>
      <p className="soft">Votes made with it stand. It makes no new ones.</p>
      {isLast && (
        <Notice tone="hold" isCompact isStacked lead="It is your last factor.">
          Without it you cannot approve, and the next one waits for a second person again.{' '}
          {codesLeft > 0
            ? `You sign in by ${counted(codesLeft, 'recovery code')} or a link from an admin.`
            : 'You sign in by a link from an admin: you have no recovery codes.'}
        </Notice>
      )}
    </ProveForm>
  )
}
