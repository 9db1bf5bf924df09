import { ButtonLink } from '../../../_ui/button'

/** The record as a file that `audit:verify` checks anywhere. A plain link: it works whatever else of the page does not. */
export function RecordDownload({ requestId }: { requestId: string }) {
  return (
    <ButtonLink size="small" href={`/tickets/${requestId}/record`}>
      Download record
    </ButtonLink>
  )
}
