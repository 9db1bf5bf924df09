'use client'

import type { FormEvent, ReactNode } from 'react'
import type { VoteBarView } from '#lib/wire/views/vote'
import { RejectForm } from '../../_ui/vote/reject-form'
import { approveText } from '../../_ui/vote/vote-methods'
import { CodeForm } from '../proof/code-form'
import type { Voting } from './use-voting'

/** Why a vote was sent back, by the name of the field that has to change. */
export function badFieldsOf({
  answer,
}: Pick<Voting, 'answer'>): Record<string, string> | undefined {
  return answer?.ok === false ? answer.fields : undefined
}

/** An approval proved by a code, wherever it is asked for. */
export function CodeVote({
  isConfirmation,
  voting,
  children,
}: {
  isConfirmation: boolean
  voting: Pick<Voting, 'deed' | 'answer' | 'byCode'>
  /** Above the field: what is signed. */
  children: ReactNode
}) {
  return (
    <CodeForm
      id="vote-code"
      label={approveText('totp', isConfirmation)}
      isBusy={voting.deed === 'code'}
      error={badFieldsOf(voting)?.['code']}
      onSend={(form) => void voting.byCode(form)}
    >
      {children}
    </CodeForm>
  )
}

/** A rejection, wherever it is given. */
export function RejectVote({
  reasons,
  hint,
  voting,
}: {
  reasons: VoteBarView['rejectReasons']
  hint?: string
  voting: Pick<Voting, 'deed' | 'answer' | 'reject'>
}) {
  return (
    <RejectForm
      reasons={reasons}
      isBusy={voting.deed === 'reject'}
      error={badFieldsOf(voting)?.['reason']}
      {...(hint !== undefined && { hint })}
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        void voting.reject(new FormData(event.currentTarget))
      }}
    />
  )
}
