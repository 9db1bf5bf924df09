import type { Clock } from '#lib/wire/clock'
import type { PageView } from '#lib/wire/views/common'
import type { TicketView } from '#lib/wire/views/ticket'
import type { SignatureView, VoteView } from '#lib/wire/views/vote'
import { DigestText } from '../digest'
import { Facts } from '../facts'
import { methodWords } from '../states'
import { Time } from '../time'

/** What heads the printed page: whose record of what it is, as read when and by whom. It is seen on paper only. */
export function ApprovalRecordHead({
  ticket,
  page,
  clock,
  printed,
}: {
  ticket: Pick<TicketView, 'requestId' | 'contract' | 'decision' | 'state'>
  page: Pick<PageView, 'organisation' | 'viewer' | 'zone' | 'now'>
  clock: Clock
  /** When the paper was made, which only the browser knows. */
  printed: React.ReactNode
}) {
  return (
    <div className="wrap print-only record-head">
      <p className="record-title">
        {ticket.state === 'open' ? 'Request, still held' : 'Approval record'}, {page.organisation}
      </p>
      <Facts
        facts={[
          { label: 'Request', value: <code>{ticket.requestId}</code> },
          { label: 'Contract', value: <DigestText digest={ticket.contract.digest} /> },
          {
            label: 'Policy',
            value: (
              <>
                <code>{ticket.decision.policyVersion}</code>, decision {ticket.decision.ordinal}
              </>
            ),
          },
          {
            label: 'As read',
            value: (
              <>
                <Time at={page.now} form="full" clock={clock} /> by {page.viewer.name}
                {printed}. Every time is in {page.zone}.
              </>
            ),
          },
        ]}
      />
    </div>
  )
}

const proofs: Record<VoteView['method'], string> = {
  passkey: 'Passkey assertion over the review digest. It is kept, and verifies offline',
  totp: 'Code, compared by Countersign when the vote was cast. It proves nothing offline',
  none: 'None was asked for',
}

/** How each vote was proved, for the reader of the paper. */
export function SignatureProofs({
  lines,
  clock,
}: {
  lines: readonly SignatureView[]
  clock: Clock
}) {
  const votes = lines.flatMap((line) => (line.kind === 'empty' ? [] : [line]))
  if (votes.length === 0) return null
  return (
    <table className="table print-only proofs">
      <caption>Every vote, with what proves it</caption>
      <thead>
        <tr>
          <th scope="col">Vote</th>
          <th scope="col">Cast</th>
          <th scope="col">Words reviewed</th>
          <th scope="col">Proof</th>
        </tr>
      </thead>
      <tbody>
        {votes.map((vote) => (
          <tr key={vote.id}>
            <th scope="row">
              {vote.name}, {vote.choice === 'approve' ? 'approved' : 'rejected'}{' '}
              {vote.choice === 'approve' && methodWords[vote.method]}
              {vote.kind === 'void' && ', void'}
              <code className="proof-id">{vote.id}</code>
            </th>
            <td>
              <Time at={vote.at} form="full" clock={clock} />
            </td>
            <td>
              <code>{vote.words.join(' ')}</code>
            </td>
            <td>{proofs[vote.method]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
