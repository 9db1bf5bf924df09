'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { FILE_ACCEPT, MOST_DESCRIPTION, sizeText, type UploadAnswer } from '#lib/wire/files'
import { CountedArea } from '../../../_client/counted-area'
import { ToldNotice } from '../../../_client/told-notice'
import { Button } from '../../../_ui/button'
import { TextField } from '../../../_ui/field'
import { faultOf, type Sent, sendFile } from './evidence-upload'

/** The form for a file: chosen or dropped on its field, sent with its progress in view, cancelled at any moment. */
export function EvidenceFile({ requestId }: { requestId: string }) {
  const area = useRef<HTMLDivElement>(null)
  const { told, sent, round, send, cancel } = useUpload(`/tickets/${requestId}/files`)
  const errors = told && !told.ok ? (told.fields ?? {}) : {}
  const isRefusedField = Object.keys(errors).length > 0

  useEffect(() => {
    if (told && !told.ok) area.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [told])

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const file = form.get('file')
    send(file instanceof File ? file : null, String(form.get('description') ?? '').trim())
  }
  return (
    <div ref={area} className="stack">
      <form key={round} className="form" noValidate onSubmit={submit}>
        <TextField
          id="attachment-file"
          name="file"
          type="file"
          label="File"
          accept={FILE_ACCEPT}
          required
          hint="PDF, PNG, JPEG or WebP, or plain text (.txt, .log, .md, .csv, .json). Up to 10 MB."
          error={errors['file']}
        />
        <CountedArea
          id="attachment-description"
          name="description"
          label="What it shows, if its name does not say"
          rows={2}
          limit={{ of: 'characters', most: MOST_DESCRIPTION }}
          error={errors['description']}
        />
        {sent && <Progress sent={sent} />}
        <div className="form-end acts">
          {sent && <Button onClick={cancel}>Cancel the upload</Button>}
          <Button type="submit" isBusy={sent !== null}>
            Attach file
          </Button>
        </div>
      </form>
      {!isRefusedField && <ToldNotice told={told} />}
    </div>
  )
}

interface Upload {
  told: UploadAnswer | null
  /** null: nothing is under way. */
  sent: Sent | null
  /** Counts what was attached: the form for the next file is a new one. */
  round: number
  send: (file: File | null, description: string) => void
  cancel: () => void
}

function useUpload(address: string): Upload {
  const router = useRouter()
  const [told, setTold] = useState<UploadAnswer | null>(null)
  const [sent, setSent] = useState<Sent | null>(null)
  const [round, setRound] = useState(0)
  const under = useRef<AbortController | null>(null)

  const upload = async (file: File, description: string) => {
    const controller = new AbortController()
    under.current = controller
    setTold(null)
    setSent({ bytes: 0, total: file.size })
    const options = { onSent: setSent, signal: controller.signal }
    const answer = await sendFile(address, { file, description }, options)
    under.current = null
    setSent(null)
    setTold(answer ?? CANCELLED)
    if (!answer?.ok) return
    setRound((before) => before + 1)
    router.refresh()
  }
  const send = (file: File | null, description: string) => {
    // A second press while the first is under way is the same press.
    if (under.current) return
    const fault = faultOf(file)
    if (fault !== null) return setTold({ ...NOT_SENT, fields: { file: fault } })
    if (file) void upload(file, description)
  }
  return { told, sent, round, send, cancel: () => under.current?.abort() }
}

/** How much has left this computer; then the server looks at it. Read out in quarters, not at every step. */
function Progress({ sent: { bytes, total } }: { sent: Sent }) {
  const isAll = bytes >= total
  const quarters = Math.floor((4 * bytes) / total) * 25
  return (
    <div className="upload">
      <progress aria-label="Upload" max={total} value={bytes} />
      <p className="hint">
        {isAll ? 'Sent. Being checked.' : `${sizeText(bytes)} of ${sizeText(total)} sent.`}
      </p>
      <p className="vh" role="status">
        {isAll ? 'Sent. Being checked.' : `${quarters} percent sent`}
      </p>
    </div>
  )
}

const CANCELLED: UploadAnswer = {
  ok: false,
  title: 'Cancelled',
  text: 'Nothing was attached. The file is still chosen.',
}

const NOT_SENT = { ok: false, title: 'Not yet', text: 'Nothing was sent.' } as const
