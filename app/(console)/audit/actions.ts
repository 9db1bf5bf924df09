'use server'

import { verifyEntries } from '#lib/queries/audit/verify-entries'
import { verifyLog } from '#lib/queries/audit/verify-log'
import { getWeb } from '#lib/web'
import { verifyForm } from '#lib/wire/audit'
import type { VerifiedView } from '#lib/wire/views/audit'
import { placesAtOnce } from '../../_server/at-once'
import { guarded } from '../../_server/guarded'
import { type Answer, type NotDone, UNREADABLE } from '../../_server/told'
import { mayRead } from './may-read'

/** Verifying is seconds of computing in a process that others ask too: one at a time, whoever asks. */
const enter = placesAtOnce(1)
const EVERYBODY = 'everybody'

const NOT_READER: NotDone = {
  ok: false,
  title: 'The audit trail is for admins and auditors',
  text: 'Nothing was verified. Of a ticket you may see, the record can be downloaded and verified.',
}

const BUSY: NotDone = {
  ok: false,
  title: 'Somebody verifies right now',
  text: 'Nothing was verified. Try again in a few seconds.',
}

/** Computes again what the trail says of itself. It writes nothing. */
export async function verifyTrailOf(sent: unknown): Promise<Answer<VerifiedView>> {
  return guarded<Answer<VerifiedView>>(async (viewer) => {
    if (!mayRead(viewer)) return NOT_READER
    const form = verifyForm.safeParse(sent)
    if (!form.success) return UNREADABLE
    const leave = enter(EVERYBODY)
    if (!leave) return BUSY
    const { db, now } = getWeb().runtime
    try {
      const value =
        form.data.what === 'listed'
          ? await verifyEntries(db, form.data.seqs)
          : await verifyLog(db, { now: now() })
      return { ok: true, value }
    } finally {
      leave()
    }
  })
}
