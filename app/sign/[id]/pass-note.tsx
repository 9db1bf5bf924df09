import { Button } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { leavePass } from './pass-actions'

/** Whose vote it would be, where somebody else is signed in at this browser. */
export function PassNote({
  requestId,
  voterName,
  otherName,
}: {
  requestId: string
  voterName: string
  otherName: string
}) {
  return (
    <>
      <Notice tone="hold" isStacked lead={`This link is for ${voterName}.`}>
        {otherName} is signed in here. This page does nothing as {otherName}: only a passkey of{' '}
        {voterName} votes on it.
      </Notice>
      <form action={leavePass.bind(null, requestId)}>
        <Button type="submit">Look as {otherName} instead</Button>
      </form>
    </>
  )
}
