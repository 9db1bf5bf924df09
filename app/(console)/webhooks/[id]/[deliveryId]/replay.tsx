'use client'

import { ToldNotice } from '../../../../_client/told-notice'
import { useTold } from '../../../../_client/use-told'
import { Button } from '../../../../_ui/button'
import { replayDelivery } from '../../actions'

export function Replay({
  endpointId,
  deliveryId,
  isOn,
}: {
  endpointId: string
  deliveryId: string
  isOn: boolean
}) {
  const [told, replay, isBusy] = useTold(() => replayDelivery({ endpointId, deliveryId }))
  if (!isOn) {
    return <p className="soft">The endpoint is disabled. Enable it to send this again.</p>
  }
  return (
    <div className="stack">
      <form action={() => replay()}>
        <Button type="submit" size="small" isBusy={isBusy}>
          Send it again
        </Button>
      </form>
      {!isBusy && <ToldNotice told={told} />}
    </div>
  )
}
