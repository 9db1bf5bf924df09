import type { z } from 'zod'
import { type Refusal, refusalEntry } from '#lib/core/refusals'

/** What an action tells its form: done, or why not, with what was typed left alone. */
export type Told =
  | { ok: true; text: string }
  | { ok: false; title: string; text: string; fields?: Record<string, string> }
  | null

/** Why an action did not do what was asked. */
export type NotDone = Extract<Told, { ok: false }>

/** What an action answers that hands something back, such as the options of a ceremony. */
export type Answer<T> = { ok: true; value: T } | NotDone

export function toldRefusal(refusal: Refusal): NotDone {
  const entry = refusalEntry(refusal.code)
  const fields = Object.fromEntries(
    (refusal.fields ?? []).map(({ path, message }) => [path.replace(/^\//, ''), message]),
  )
  return {
    ok: false,
    title: entry.title,
    text: refusal.detail ?? entry.sentence,
    ...(refusal.fields && { fields }),
  }
}

export const SIGNED_OUT: NotDone = {
  ok: false,
  title: 'You are signed out',
  text: 'Sign in again in another tab, then send this once more. What you typed is still here.',
}

export const NOT_ADMIN: NotDone = {
  ok: false,
  title: 'Only an admin may do this',
  text: 'Ask one of them: the page of people says who they are. Nothing was changed.',
}

/** Of a session that a recovery code began. */
export const RECOVERED: NotDone = {
  ok: false,
  title: 'A recovery code only signs in',
  text: 'Sign in with a factor to do this, or add one on your account page and have it confirmed. Nothing was recorded.',
}

export const OTHER_SITE: NotDone = {
  ok: false,
  title: 'This did not come from Countersign',
  text: 'Open the page again from its own address and repeat it. Nothing was recorded.',
}

export const UNREADABLE: NotDone = {
  ok: false,
  title: 'This could not be read',
  text: 'Load the page again and repeat it. Nothing was recorded.',
}

export const DATABASE_DOWN: NotDone = {
  ok: false,
  title: 'Countersign cannot reach its database',
  text: 'Nothing was recorded and nothing ran. Try again in a moment; what you typed is still here.',
}

export const FAILED: NotDone = {
  ok: false,
  title: 'Something failed on our side',
  text: 'Nothing was recorded and nothing ran. Try again in a moment; what you typed is still here.',
}

/** The fields that people type are named; the rest is written by the page itself. */
export function unreadable({ issues }: z.ZodError): NotDone {
  const typed = issues.find(({ path }) => path.includes('code') || path.includes('name'))
  if (!typed) return UNREADABLE
  const field = typed.path.includes('code') ? 'code' : 'name'
  const text = field === 'code' ? 'Type the six digits your app shows now.' : typed.message
  return { ok: false, title: 'Not yet', text, fields: { [field]: text } }
}
