import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { signView } from '#lib/queries/ticket/sign-view'
import { getWeb } from '#lib/web'
import { ForgetQuery } from '../../_client/forget-query'
import { Live } from '../../_client/live'
import { requireViewer } from '../../_server/viewer'
import { revealText } from '../../_ui/reveal'
import { SignOutcome } from './sign-outcome'
import { SignPage } from './sign-page'
import { SignVoting } from './sign-voting'

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<{ signed?: string | string[] }>
}

/** One read for the page and its title. */
const readSign = cache(async (requestId: string) => {
  const viewer = await requireViewer(`/sign/${requestId}`)
  if (!isId('req', requestId)) notFound()
  const view = await signView(getWeb().runtime, {
    requestId,
    viewer: { id: viewer.personId, name: viewer.name },
  })
  return view ?? notFound()
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { ticket } = await readSign((await params).id)
  return { title: `Sign: ${revealText(ticket.goal)}` }
}

export default async function Page({ params, searchParams }: Props) {
  const view = await readSign((await params).id)
  const { signed } = await searchParams
  const freshVoteId = typeof signed === 'string' && isId('vot', signed) ? signed : null
  const { ticket, vote, signature } = view
  const live = <Live requestId={ticket.requestId} readAt={view.now} />
  const isAsked = vote.canVote && vote.review !== null && (!signature || vote.isConfirmation)
  return (
    <>
      <ForgetQuery name="signed" value={freshVoteId} />
      {isAsked && vote.review ? (
        <SignPage view={view} live={live}>
          <SignVoting
            requestId={ticket.requestId}
            review={vote.review}
            vote={vote}
            signedInName={view.signedInName}
            clock={{ zone: view.zone, now: view.now }}
          />
        </SignPage>
      ) : (
        <SignOutcome view={view} live={live} freshVoteId={freshVoteId} />
      )}
    </>
  )
}
