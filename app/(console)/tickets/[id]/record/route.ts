import { exportLines } from '#lib/core/audit/export'
import { isId } from '#lib/core/ids'
import { auditRecord } from '#lib/queries/audit-record'
import { getWeb } from '#lib/web'
import { type Leave, placesAtOnce } from '../../../../_server/at-once'
import { currentViewer } from '../../../../_server/viewer'

type Context = { params: Promise<{ id: string }> }

/** A file that is saved: nothing in it is drawn, guessed at, read by another site or kept in a cache. */
const LOCKED = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
}

/** Records that one person reads at once: a slow reader holds a page of rows, and each page asks the database. */
const enter = placesAtOnce(4)

const encoder = new TextEncoder()

/** The record of this request, to be verified offline. For whoever may see the ticket; reading it changes nothing. */
export async function GET(_request: Request, { params }: Context): Promise<Response> {
  const { id: requestId } = await params
  const { runtime } = getWeb()
  try {
    const viewer = await currentViewer()
    if (!viewer) return signInFirst(requestId)
    if (!isId('req', requestId)) return told(404, NONE)
    const leave = enter(viewer.personId)
    return leave ? await send(requestId, leave) : told(429, BUSY, { 'retry-after': '5' })
  } catch (error) {
    runtime.log.error({ error, requestId }, 'a record could not be sent')
    return runtime.isUnavailable(error) ? told(503, UNAVAILABLE) : told(500, FAILED)
  }
}

/** Leaves when the last line was taken, when the reader left, or when there is nothing to send. */
async function send(requestId: string, leave: Leave): Promise<Response> {
  const { runtime } = getWeb()
  let isSending = false
  try {
    const parts = await auditRecord(runtime.db, { requestId, now: runtime.now() })
    if (!parts) return told(404, NONE)
    const body = bodyOf(exportLines(parts), requestId, leave)
    isSending = true
    return new Response(body, {
      headers: {
        ...LOCKED,
        'content-type': 'application/jsonl; charset=utf-8',
        'content-disposition': `attachment; filename="countersign-${requestId}.jsonl"`,
      },
    })
  } finally {
    if (!isSending) leave()
  }
}

const NONE = 'There is no such ticket.'
const BUSY = 'You are downloading several records already. Try again when one of them is done.'
const UNAVAILABLE = 'Countersign cannot reach its database. Try again in a moment.'
const FAILED =
  'The record could not be sent. Somebody who runs Countersign finds out why in its log.'

/** Read as fast as it is taken and no faster. What breaks off has no last line, and verifying says so. */
function bodyOf(
  lines: AsyncGenerator<string>,
  requestId: string,
  leave: Leave,
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const next = await lines.next()
        if (!next.done) return controller.enqueue(encoder.encode(`${next.value}\n`))
        leave()
        controller.close()
      } catch (error) {
        leave()
        getWeb().runtime.log.error({ error, requestId }, 'a record broke off')
        controller.error(error)
      }
    },
    cancel: async () => {
      leave()
      await lines.return(undefined)
    },
  })
}

function told(status: number, sentence: string, more: Record<string, string> = {}): Response {
  const headers = { ...LOCKED, 'content-type': 'text/plain; charset=utf-8', ...more }
  return new Response(`${sentence}\n`, { status, headers })
}

function signInFirst(requestId: string): Response {
  const from = isId('req', requestId) ? `?from=${encodeURIComponent(`/tickets/${requestId}`)}` : ''
  return new Response(null, { status: 303, headers: { ...LOCKED, location: `/sign-in${from}` } })
}
