import { isId } from '#lib/core/ids'
import { ok, type Result, refuse } from '#lib/core/result'
import type { RequestAnswer } from '#lib/wire/request'

export interface Cursor {
  submittedAt: Date
  id: string
}

/** As JavaScript writes it. It also knows years that PostgreSQL does not. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** Opaque to callers: where the next page of a list begins. */
export function writeCursor(request: Pick<RequestAnswer, 'submitted_at' | 'request_id'>): string {
  return Buffer.from(`${request.submitted_at} ${request.request_id}`).toString('base64url')
}

export function readCursor(text: string | undefined): Result<Cursor | null> {
  if (text === undefined) return ok(null)
  const [at = '', id = ''] = Buffer.from(text, 'base64url').toString('utf8').split(' ')
  if (!INSTANT.test(at) || Number.isNaN(Date.parse(at)) || !isId('req', id)) {
    return refuse('invalid_body', {
      detail: 'The cursor is not one that a list gave. Begin without it.',
      fields: [{ path: '?cursor', message: 'Not a cursor.', code: 'invalid' }],
    })
  }
  return ok({ submittedAt: new Date(at), id })
}
