import type { Refusal, RefusalCode } from './refusals'

/** A refusal is a value, a fault is an exception. */
export type Result<T> = Ok<T> | Refused

export type Ok<T> = { ok: true; value: T }

export type Refused = { ok: false; refusal: Refusal }

export function ok(): Ok<undefined>
export function ok<T>(value: T): Ok<T>
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value }
}

/** `refuse('ticket_closed', { detail: 'It was rejected by Mara Lindqvist.' })` */
export function refuse(code: RefusalCode, extra: Omit<Refusal, 'code'> = {}): Refused {
  return { ok: false, refusal: { code, ...extra } }
}
