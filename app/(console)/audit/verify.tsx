'use client'

import { useState } from 'react'
import type { VerifyForm } from '#lib/wire/audit'
import type { VerifiedView } from '#lib/wire/views/audit'
import type { Answer, NotDone } from '../../_server/told'
import { Button } from '../../_ui/button'
import { Notice } from '../../_ui/notice'
import { verifyTrailOf } from './actions'
import { verifiedWords } from './verified-words'

type Asked = VerifyForm['what']

const UNREACHABLE: NotDone = {
  ok: false,
  title: 'Countersign cannot be reached',
  text: 'Nothing was verified. Check the connection, then try again.',
}

/** Whether what is listed, or the log, is still as it was written: computed again from the rows, and told. */
export function Verify({ seqs }: { seqs: string[] }) {
  const [busy, setBusy] = useState<Asked | null>(null)
  const [answer, setAnswer] = useState<Answer<VerifiedView> | null>(null)
  const verify = async (form: VerifyForm) => {
    if (busy) return
    setBusy(form.what)
    setAnswer(null)
    setAnswer(await verifyTrailOf(form).catch(() => UNREACHABLE))
    setBusy(null)
  }
  return (
    <>
      <div className="oversight-acts">
        <Button
          size="small"
          isBusy={busy === 'listed'}
          onClick={() => void verify({ what: 'listed', seqs })}
        >
          Verify these entries
        </Button>
        <Button size="small" isBusy={busy === 'log'} onClick={() => void verify({ what: 'log' })}>
          Verify the log
        </Button>
        <span role="status" className="soft">
          {busy && 'Reading and computing again…'}
        </span>
      </div>
      <div className="oversight-told" aria-live="polite">
        {answer && !busy && <Result answer={answer} />}
      </div>
    </>
  )
}

function Result({ answer }: { answer: Answer<VerifiedView> }) {
  if (!answer.ok) {
    return (
      <Notice tone="stop" role="alert" isCompact isStacked lead={`${answer.title}.`}>
        {answer.text}
      </Notice>
    )
  }
  const { value } = answer
  const { lead, text } = verifiedWords(value)
  if (value.ok) {
    return (
      <Notice tone="go" isStacked lead={lead}>
        {text}
      </Notice>
    )
  }
  return (
    <Notice tone="stop" role="alert" isStacked lead={lead}>
      {text}
    </Notice>
  )
}
