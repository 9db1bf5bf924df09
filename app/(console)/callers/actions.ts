'use server'

import { revalidatePath } from 'next/cache'
import type { z } from 'zod'
import { type ChangeMade, makeChange } from '#lib/commands/change/make-change'
import { getWeb } from '#lib/web'
import { callerChangeForm } from '#lib/wire/callers'
import type { ChangeForm } from '#lib/wire/change'
import { guardedFactor } from '../../_server/guarded'
import { type NotDone, toldRefusal, UNREADABLE } from '../../_server/told'

/** What came of a change of a caller. The command checks who may. */
export type CallerChanged =
  | {
      ok: true
      text: string
      /** The ticket that holds it until another admin approves; null: it is so now. */
      requestId: string | null
      /** Of the caller that was registered. */
      callerId: string | null
      /** Of a key: told once, here. */
      secret: string | null
    }
  | NotDone

export async function changeCaller(sent: unknown): Promise<CallerChanged> {
  return guardedFactor<CallerChanged>(async ({ personId }) => {
    const form = callerChangeForm.safeParse(sent)
    if (!form.success) return notYet(form.error)
    const { runtime } = getWeb()
    const { change, proof } = form.data
    const made = await makeChange(runtime, { personId, change, proof })
    if (!made.ok) return toldRefusal(made.refusal)
    const id = await registeredAs(change)
    revalidatePath('/callers')
    if ('caller' in change) revalidatePath(`/callers/${change.caller}`)
    return {
      ok: true,
      ...toldOf(change, made.value),
      callerId: id,
      secret: made.value.secret ?? null,
    }
  })
}

/** What is wrong with a form, before a factor is asked for; null: nothing. */
export async function checkCaller(sent: unknown): Promise<NotDone | null> {
  return guardedFactor<NotDone | null>(async () => {
    const form = callerChangeForm.safeParse({ change: sent, proof: null })
    return form.success ? null : notYet(form.error)
  })
}

async function registeredAs(change: ChangeForm): Promise<string | null> {
  if (change.kind !== 'callers.create') return null
  const { name } = change
  const row = await getWeb().runtime.db.caller.findUnique({ where: { name }, select: { id: true } })
  return row?.id ?? null
}

function toldOf(
  { kind }: ChangeForm,
  made: ChangeMade,
): { text: string; requestId: string | null } {
  if (made.state === 'proposed') return { text: WAITS, requestId: made.requestId }
  const done = DONE[kind] ?? 'Done.'
  return { text: made.dualControl === 'off' ? `${done} ${ALONE}` : done, requestId: null }
}

const WAITS = 'Nothing has changed yet: it waits for another admin.'
const ALONE = 'Dual control is off, and the record says so.'
const DONE: Partial<Record<ChangeForm['kind'], string>> = {
  'callers.create': 'Registered.',
  'callers.change': 'Saved.',
  'callers.pause': 'Paused: its keys are refused from now on.',
  'callers.resume': 'It may ask again, with the keys it has.',
  'callers.revoke_key': 'Revoked: its next call is refused.',
}

/** Each field that was typed or chosen has its own sentence; the rest is written by the page itself. */
function notYet({ issues }: z.ZodError): NotDone {
  const fieldOf = ({ path }: { path: PropertyKey[] }) =>
    String(path[0] === 'change' ? path[1] : path.at(-1))
  const typed = issues.filter((issue) => TYPED.has(fieldOf(issue)))
  const [first] = typed
  if (!first) return UNREADABLE
  const fields = Object.fromEntries(
    typed.toReversed().map((issue) => {
      const field = fieldOf(issue)
      return [field, SENTENCES[field] ?? issue.message]
    }),
  )
  return { ok: false, title: 'Not yet', text: first.message, fields }
}

const TYPED = new Set([
  'name',
  'owner',
  'environments',
  'roles',
  'audience',
  'keyKind',
  'days',
  'replaces',
  'code',
])
const SENTENCES: Partial<Record<string, string>> = {
  owner: 'Choose who answers for it.',
  keyKind: 'Choose what it may do.',
  days: 'Use a whole number of days from 1 to 730, or leave it empty.',
  replaces: 'Use a whole number of hours from 0 to 720.',
  code: 'Type the six digits your app shows now.',
}
