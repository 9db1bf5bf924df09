'use client'

import { useState } from 'react'
import { DeedDialog } from '../../../_client/deed-dialog'
import { ToldNotice } from '../../../_client/told-notice'
import { useTold } from '../../../_client/use-told'
import { Button } from '../../../_ui/button'
import { Notice } from '../../../_ui/notice'
import { setEndpoint, type Tested, testEndpoint } from '../actions'
import { isDelivered, metLong } from '../words'

/** Tries, enables, disables and removes it. What came of it stands under the buttons. */
export function EndpointActs({
  endpointId,
  host,
  isOn,
}: {
  endpointId: string
  host: string
  isOn: boolean
}) {
  const [tested, setTested] = useState<Tested | null>(null)
  const [done, setDone] = useState('')
  const [testTold, test, isTesting] = useTold(async () => {
    setDone('')
    setTested(null)
    const answer = await testEndpoint(endpointId)
    if (!answer.ok) return answer
    setTested(answer.value)
    return null
  })
  const [enableTold, enable, isEnabling] = useTold(async () => {
    setTested(null)
    setDone('')
    return await setEndpoint({ endpointId, state: 'enabled' })
  })
  return (
    <div className="stack">
      <div className="acts">
        {isOn && (
          <Button size="small" isBusy={isTesting} onClick={() => test()}>
            Send a test
          </Button>
        )}
        {!isOn && (
          <Button size="small" isBusy={isEnabling} onClick={() => enable()}>
            Enable
          </Button>
        )}
        {isOn && (
          <DeedDialog
            id="disable-endpoint"
            kind="quiet"
            label="Disable"
            title={`Disable the webhook to ${host}?`}
            keepLabel="Keep it enabled"
            reason={null}
            act={async () => {
              const told = await setEndpoint({ endpointId, state: 'disabled' })
              if (told?.ok) {
                setTested(null)
                setDone(told.text)
              }
              return told
            }}
          >
            Nothing is sent there from then on. What waits stays, and what happens meanwhile can be
            replayed once it is enabled again.
          </DeedDialog>
        )}
        <DeedDialog
          id="remove-endpoint"
          kind="quiet"
          label="Remove"
          title={`Remove the webhook to ${host}?`}
          keepLabel="Keep it"
          reason={null}
          act={async () => {
            const told = await setEndpoint({ endpointId, state: 'removed' })
            if (told?.ok) location.assign('/webhooks')
            return told
          }}
        >
          Nothing is sent there any more, what waits neither, and its secret signs nothing. It does
          not come back: a new endpoint has a new secret.
        </DeedDialog>
      </div>
      {tested && !isTesting && <CameBack tested={tested} endpointId={endpointId} />}
      {!isTesting && <ToldNotice told={testTold} />}
      {!isOn && done !== '' && <ToldNotice told={{ ok: true, text: done }} />}
      {!isEnabling && (isOn || enableTold?.ok === false) && <ToldNotice told={enableTold} />}
    </div>
  )
}

function CameBack({ tested, endpointId }: { tested: Tested; endpointId: string }) {
  const isGood = isDelivered(tested)
  return (
    <Notice
      tone={isGood ? 'go' : 'stop'}
      role={isGood ? 'status' : 'alert'}
      isCompact
      lead={isGood ? 'The test arrived.' : 'The test did not arrive.'}
      action={
        <a className="small" href={`/webhooks/${endpointId}/${tested.deliveryId}`}>
          See what was sent and what came back
        </a>
      }
    >
      {metLong(tested)} It took {tested.latencyMs} ms.
    </Notice>
  )
}
