'use client'

import { usePathname, useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { VoteBarView } from '#lib/wire/views-vote'
import { CodeForm } from '../../../_client/code-form'
import { Modal } from '../../../_client/modal'
import { useSeenReview } from '../../../_client/use-seen-review'
import { useVoting, type Voting } from '../../../_client/use-voting'
import { ChangedNote, VoteNotice } from '../../../_client/vote-notice'
import { Button, ButtonLink } from '../../../_ui/button'
import { DigestWords } from '../../../_ui/digest'
import { RejectForm } from '../../../_ui/reject-form'
import { UnboundIssue, VoteBar } from '../../../_ui/vote-bar'
import { approveText, iconOfMethod, usableMethods } from '../../../_ui/vote-methods'

type Shown = 'code' | 'reject' | null

/** Voting from the ticket page. Before its script runs, its buttons lead to the signing page. */
export function VoteArea({
  requestId,
  vote,
  clock,
}: {
  requestId: string
  vote: VoteBarView
  clock: Clock
}) {
  const router = useRouter()
  const path = usePathname()
  const [shown, setShown] = useState<Shown>(null)
  const { seen, isChanged, change, readAgain } = useSeenReview(vote.review)
  const voting = useVoting(requestId, seen?.digest ?? '', (answer) => {
    if (answer.ok || !answer.fields) setShown(null)
    // The signature that was just accepted writes itself where it stands.
    if (answer.ok && answer.voteId) router.replace(`${path}?signed=${answer.voteId}#signatures`)
  })
  const fields = voting.answer && !voting.answer.ok ? voting.answer.fields : undefined
  // What is wrong with a field is told beside it.
  const isTold = !fields && (voting.answer !== null || voting.fault !== null)
  const close = () => {
    setShown(null)
    if (fields) voting.clear()
  }
  const signHref = `/sign/${requestId}`
  const part = { vote, voting, setShown }

  return (
    <>
      <VoteBar
        vote={vote}
        review={seen}
        clock={clock}
        signHref={signHref}
        told={isTold && <VoteNotice answer={voting.answer} fault={voting.fault} clock={clock} />}
        note={isChanged && vote.canVote ? <ChangedNote change={change} clock={clock} /> : undefined}
        actions={<Acts {...part} onReadAgain={isChanged ? readAgain : null} signHref={signHref} />}
      />
      {vote.canVote && seen && (
        <>
          <Modal
            id="code-dialog"
            title={vote.isConfirmation ? 'Confirm with a code' : 'Approve with a code'}
            isOpen={shown === 'code'}
            onClose={close}
          >
            <CodeForm
              id="vote-code"
              label={approveText('totp', vote.isConfirmation)}
              isBusy={voting.deed === 'code'}
              error={fields?.['code']}
              onSend={(form) => void voting.byCode(form)}
            >
              {seen.isUnbound && <UnboundIssue />}
              <p className="soft">You sign these words. A code works once.</p>
              <DigestWords words={seen.words} isBig />
            </CodeForm>
          </Modal>
          <Modal
            id="reject-dialog"
            title="Reject this request"
            isOpen={shown === 'reject'}
            onClose={close}
          >
            <RejectForm
              reasons={vote.rejectReasons}
              isBusy={voting.deed === 'reject'}
              error={fields?.['reason']}
              onSubmit={(event: FormEvent<HTMLFormElement>) => {
                event.preventDefault()
                void voting.reject(new FormData(event.currentTarget))
              }}
            />
          </Modal>
        </>
      )}
    </>
  )
}

interface ActsProps {
  vote: VoteBarView
  voting: Voting
  setShown: (shown: Shown) => void
  /** The review has changed: nothing is signed before this was pressed. */
  onReadAgain: (() => void) | null
  signHref: string
}

/** Buttons of a form that leads to the signing page; the script does the deed here instead. */
function Acts({ vote, voting, setShown, onReadAgain, signHref }: ActsProps) {
  if (!vote.canVote) return null
  const isSigned = vote.mine !== null && !vote.isConfirmation
  return (
    <form method="get" action={signHref} className="acts" onSubmit={(e) => e.preventDefault()}>
      {isSigned && (
        <Button
          kind="quiet"
          onClick={() => void voting.withdraw()}
          isBusy={voting.deed === 'withdraw'}
        >
          Withdraw my vote
        </Button>
      )}
      {!isSigned && !onReadAgain && <Other vote={vote} setShown={setShown} signHref={signHref} />}
      <Button
        kind="reject"
        size="large"
        type="submit"
        formAction={`${signHref}#reject`}
        onClick={() => setShown('reject')}
      >
        Reject
      </Button>
      {onReadAgain && (
        <Button
          size="large"
          icon="reload"
          onClick={() => {
            voting.clear()
            onReadAgain()
            document.getElementById('main')?.scrollIntoView({ block: 'start' })
          }}
        >
          Read it again
        </Button>
      )}
      {!isSigned && !onReadAgain && <Sign vote={vote} voting={voting} setShown={setShown} />}
    </form>
  )
}

/** The second way, where there is one. */
function Other({ vote, setShown, signHref }: Pick<ActsProps, 'vote' | 'setShown' | 'signHref'>) {
  const [first, second] = usableMethods(vote)
  if (first !== 'passkey' || second !== 'totp') return null
  return (
    <Button
      kind="quiet"
      type="submit"
      formAction={`${signHref}#code`}
      onClick={() => setShown('code')}
    >
      Use a code
    </Button>
  )
}

function Sign({ vote, voting, setShown }: Pick<ActsProps, 'vote' | 'voting' | 'setShown'>) {
  const [first] = usableMethods(vote)
  if (!first) return <ButtonLink href="/account#factors">Set up a second factor to sign</ButtonLink>
  const isBusy = voting.deed === 'passkey'
  return (
    <Button
      kind="sign"
      size="large"
      type="submit"
      icon={isBusy ? 'reload' : iconOfMethod[first]}
      isBusy={isBusy}
      disabled={voting.deed !== null && !isBusy}
      onClick={() => (first === 'totp' ? setShown('code') : void voting.byPasskey())}
    >
      {isBusy && voting.isAsking
        ? 'Waiting for your passkey'
        : approveText(first, vote.isConfirmation)}
    </Button>
  )
}
