'use client'

import { useOneDeed } from '../../_client/use-one-deed'
import { Button } from '../../_ui/button'
import { withdraw } from '../../(console)/tickets/[id]/vote-actions'
import { useKeepTold } from './kept-told'

/** Takes back what was just signed. The page then asks again. */
export function WithdrawVote({ requestId }: { requestId: string }) {
  const { deed, run } = useOneDeed(useKeepTold())
  return (
    <Button
      kind="quiet"
      isBusy={deed === 'withdraw'}
      onClick={() => void run('withdraw', () => withdraw(requestId))}
    >
      Withdraw my vote
    </Button>
  )
}
