import { isId } from '#lib/core/ids'
import { contentDisposition } from '#lib/files/content-disposition'
import { attachmentBytes, findAttachment } from '#lib/queries/ticket/attachment'
import { getWeb } from '#lib/web'
import { FILE_POLICY } from '#lib/wire/files'
import { currentViewer } from '../../../../../_server/viewer'

type Context = { params: Promise<{ id: string; evidenceId: string }> }

/** Nothing in it runs, is drawn, is read by another site or stays in a cache, whatever the bytes are. */
const LOCKED = {
  'content-security-policy': FILE_POLICY,
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // As it is, byte for byte: Next would otherwise compress it.
  'cache-control': 'private, no-store, no-transform',
}

/** A file that is evidence, saved and never shown. Reading it changes nothing. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { id: requestId, evidenceId } = await params
  const { runtime } = getWeb()
  try {
    const viewer = await currentViewer()
    if (!viewer) return signInFirst(requestId)
    if (!isId('req', requestId) || !isId('evd', evidenceId)) return told(404, NONE)
    const found = await findAttachment(runtime, { requestId, evidenceId })
    if (found.kind === 'none') return told(404, NONE)
    if (found.kind === 'erased') return told(410, ERASED)
    const { file } = found
    return new Response(attachmentBytes(runtime, file), {
      headers: {
        ...LOCKED,
        'content-type': file.media_type,
        'content-disposition': contentDisposition(file.name),
      },
    })
  } catch (error) {
    runtime.log.error({ error, evidenceId }, 'a file could not be sent')
    return runtime.isUnavailable(error) ? told(503, UNAVAILABLE) : told(500, FAILED)
  }
}

const NONE = 'There is no such file on this ticket.'
const ERASED = 'This file was erased on purpose. Its hash stays in the record of the ticket.'
const UNAVAILABLE = 'Countersign cannot reach its database. Try again in a moment.'
const FAILED = 'The file could not be sent. Somebody who runs Countersign finds out why in its log.'

function told(status: number, sentence: string): Response {
  const headers = { ...LOCKED, 'content-type': 'text/plain; charset=utf-8' }
  return new Response(`${sentence}\n`, { status, headers })
}

function signInFirst(requestId: string): Response {
  const from = isId('req', requestId) ? `?from=${encodeURIComponent(`/tickets/${requestId}`)}` : ''
  return new Response(null, { status: 303, headers: { ...LOCKED, location: `/sign-in${from}` } })
}
