'use server'

import { revalidatePath } from 'next/cache'
import { makeChange } from '#lib/commands/change/make-change'
import { getWeb } from '#lib/web'
import { settingsChangeForm } from '#lib/wire/settings'
import { type ChangeTold, changeTold } from '../../_server/change-told'
import { guardedAdmin } from '../../_server/guarded'
import { type NotDone, RECOVERED, toldRefusal, UNREADABLE } from '../../_server/told'

/** One change of the settings: done, or proposed to another admin. The command checks who may. */
export async function changeSettings(sent: unknown): Promise<ChangeTold> {
  return guardedAdmin<ChangeTold>(async (viewer) => {
    if (viewer.method === 'recovery') return RECOVERED
    const form = settingsChangeForm.safeParse(sent)
    if (!form.success) return notYet(form.error.issues)
    const { change, proof } = form.data
    const made = await makeChange(getWeb().runtime, { personId: viewer.personId, change, proof })
    if (!made.ok) return toldRefusal(made.refusal)
    revalidatePath('/settings')
    return changeTold(made.value, null)
  })
}

function notYet(issues: readonly { path: PropertyKey[]; message: string }[]): NotDone {
  const typed = issues.find(({ path }) => TYPED.has(String(path.at(-1))))
  if (!typed) return UNREADABLE
  const field = String(typed.path.at(-1))
  const text = field === 'code' ? 'Type the six digits your app shows now.' : typed.message
  return { ok: false, title: 'Not yet', text, fields: { [field]: text } }
}

const TYPED = new Set(['days', 'code'])
