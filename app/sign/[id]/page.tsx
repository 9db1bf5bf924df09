import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { passkeyStanding } from '#lib/queries/ticket/passkey-standing'
import { signView } from '#lib/queries/ticket/sign-view'
import { getWeb } from '#lib/web'
import type { SignView } from '#lib/wire/views/ticket'
import { ForgetQuery } from '../../_client/forget-query'
import { Live } from '../../_client/live'
import { currentSigner, type Signer } from '../../_server/signer'
import { revealText } from '../../_ui/reveal'
import { KeepTold } from './kept-told'
import { PassDoor } from './pass-door'
import { PassNote } from './pass-note'
import { PassVoting } from './pass-voting'
import { Reread } from './reread'
import { SignOutcome } from './sign-outcome'
import { SignPage } from './sign-page'
import { SignVoting } from './sign-voting'

interface Props {
  params: Promise<{ id: string }>
  searchParams: Promise<{ signed?: string | string[] }>
}

interface SignRead {
  view: SignView
  signer: Signer
}

/** One read for the page and its title. null: nobody is known yet, and nothing of the request is told. */
const readSign = cache(async (requestId: string): Promise<SignRead | null> => {
  if (!isId('req', requestId)) notFound()
  const signer = await currentSigner(requestId)
  if (!signer) return null
  const viewer = { id: signer.personId, name: signer.name }
  const view = await signView(getWeb().runtime, { requestId, viewer })
  return view ? { view, signer } : notFound()
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const read = await readSign((await params).id)
  return { title: read ? `Sign: ${revealText(read.view.ticket.goal)}` : 'Sign' }
}

export default async function Page({ params, searchParams }: Props) {
  const { id } = await params
  const read = await readSign(id)
  const { signed } = await searchParams
  const freshVoteId = typeof signed === 'string' && isId('vot', signed) ? signed : null
  return (
    <PassDoor
      requestId={id}
      organisation={getWeb().runtime.installation.name}
      viewerName={read?.signer.name ?? null}
    >
      {read && (
        <KeepTold>
          <Sign {...read} freshVoteId={freshVoteId} />
        </KeepTold>
      )}
    </PassDoor>
  )
}

function Sign({ view, signer, freshVoteId }: SignRead & { freshVoteId: string | null }) {
  const { ticket, vote, signature } = view
  const isByPass = signer.by === 'pass'
  const live = isByPass ? <Reread /> : <Live requestId={ticket.requestId} readAt={view.now} />
  const isAsked = vote.canVote && vote.review !== null && (!signature || vote.isConfirmation)
  return (
    <>
      <ForgetQuery name="signed" value={freshVoteId} />
      {isAsked ? (
        <SignPage view={view} live={live} note={<WhoseVote view={view} signer={signer} />}>
          <Voting view={view} signer={signer} />
        </SignPage>
      ) : (
        <SignOutcome
          view={view}
          live={live}
          freshVoteId={freshVoteId}
          isSignedIn={!isByPass}
          note={<WhoseVote view={view} signer={signer} />}
        />
      )}
    </>
  )
}

function WhoseVote({ view, signer }: SignRead) {
  if (signer.by !== 'pass' || signer.otherName === null) return null
  const { name, otherName } = signer
  return <PassNote requestId={view.ticket.requestId} voterName={name} otherName={otherName} />
}

/** By a session with what the person has, by a pass with their passkey: each acts in its own way and in no other. */
async function Voting({ view, signer }: SignRead) {
  const { vote, ticket, zone, now } = view
  if (!vote.review) return null
  const { requestId } = ticket
  const shared = { requestId, review: vote.review, vote, clock: { zone, now } }
  if (signer.by === 'session') return <SignVoting {...shared} signedInName={signer.name} />
  const person = { personId: signer.personId, requestId }
  const passkey = await passkeyStanding(getWeb().runtime, person)
  return <PassVoting {...shared} voterName={signer.name} passkey={passkey} />
}
