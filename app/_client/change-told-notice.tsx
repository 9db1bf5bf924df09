'use client'

import type { ChangeTold } from '../_server/change-told'
import { ChangedNotice } from '../_ui/changed-notice'
import { UnmetNotice } from './unmet-notice'

export type ChangeDone = Extract<ChangeTold, { ok: true }>

/** What came of a deed that nobody else has to approve. */
export function plainly(text: string): ChangeDone {
  return { ok: true, text, requestId: null, unmet: null }
}

/** What came of a change, where its button was. */
export function ChangeToldNotice({ done, about }: { done: ChangeDone | null; about?: string }) {
  if (done === null) return null
  const { text, requestId, unmet } = done
  const lead = about ? `${about}: ${text}` : text
  return (
    <div className="stack">
      <ChangedNotice changed={{ text: lead, requestId }} />
      {unmet && (
        <UnmetNotice
          unmet={unmet}
          lead={requestId === null ? 'Nobody can give this now.' : 'Nobody could give this then.'}
        />
      )}
    </div>
  )
}
