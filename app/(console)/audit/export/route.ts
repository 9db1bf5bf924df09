import { recordExport } from '#lib/commands/audit/record-export'
import { exportLines } from '#lib/core/audit/export'
import { type ListExport, listCsv, listLines } from '#lib/queries/audit/export-list'
import { type ExportPlan, exportPlan } from '#lib/queries/audit/export-plan'
import { findFilter } from '#lib/queries/audit/find-filter'
import { auditExport } from '#lib/queries/audit-export'
import { getWeb } from '#lib/web'
import { type AuditExportFormat, auditExportForm } from '#lib/wire/audit'
import { type Leave, placesAtOnce } from '../../../_server/at-once'
import { isFromOurPage } from '../../../_server/from-our-page'
import { currentViewer } from '../../../_server/viewer'
import { mayRead } from '../may-read'

/** A file that is saved: nothing in it is drawn, guessed at, read by another site or kept in a cache. */
const LOCKED = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
}

/** Files that one person reads at once: a slow reader holds a page of rows, and each page asks the database. */
const enter = placesAtOnce(2)

const encoder = new TextEncoder()

/** Sends what is filtered as a file. A POST, because it writes into the trail that it was taken. */
export async function POST(request: Request): Promise<Response> {
  const { runtime } = getWeb()
  try {
    if (!(await isFromOurPage())) return told(403, OTHER_SITE)
    const viewer = await currentViewer()
    if (!viewer) return signInFirst()
    if (!mayRead(viewer)) return told(403, NOT_READER)
    const sent = await request.formData().catch(() => null)
    const form = auditExportForm.safeParse(sent && Object.fromEntries(sent))
    if (!form.success) return told(400, UNREADABLE)
    const leave = enter(viewer.personId)
    if (!leave) return told(429, BUSY, { 'retry-after': '5' })
    return await send(viewer.personId, form.data, leave)
  } catch (error) {
    runtime.log.error({ error }, 'the audit trail could not be sent')
    return runtime.isUnavailable(error) ? told(503, UNAVAILABLE) : told(500, FAILED)
  }
}

/** Leaves when the last line was taken, when the reader left, or when there is nothing to send. */
async function send(
  personId: string,
  { format, filter }: { format: AuditExportFormat; filter: ListExport['filter'] },
  leave: Leave,
): Promise<Response> {
  const { runtime } = getWeb()
  let isSending = false
  try {
    const { trail } = await findFilter(runtime, filter)
    if (!trail) return told(400, UNCLEAR)
    const plan = format === 'csv' ? LIST : await exportPlan(runtime.db, trail)
    const recorded = await recordExport(runtime, { personId, format, kind: plan.kind, filter })
    if (!recorded.ok) return told(403, NOT_READER)
    const input = { issuer: runtime.installation.domain, now: runtime.now(), filter, trail }
    const lines = await linesOf(format, plan, input)
    if (!lines) return told(404, NONE)
    isSending = true
    const day = new Date(input.now).toISOString().slice(0, 'YYYY-MM-DD'.length)
    return new Response(bodyOf(lines, leave), {
      headers: {
        ...LOCKED,
        'content-type': TYPES[format],
        'content-disposition': `attachment; filename="countersign-audit-${day}.${format}"`,
      },
    })
  } finally {
    if (!isSending) leave()
  }
}

const LIST: ExportPlan = { kind: 'list' }
const TYPES = {
  jsonl: 'application/jsonl; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
}

/** Whole lines with their ends; null where a stream that was asked for is not there. */
async function linesOf(
  format: AuditExportFormat,
  plan: ExportPlan,
  input: ListExport,
): Promise<AsyncGenerator<string> | null> {
  const { runtime } = getWeb()
  if (format === 'csv') return listCsv(runtime.db, input)
  if (plan.kind === 'list') return ended(listLines(runtime.db, input))
  const parts = await auditExport(runtime.db, { streams: plan.streams, now: input.now })
  return parts.ok ? ended(exportLines(parts.value)) : null
}

async function* ended(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}

/** Read as fast as it is taken and no faster. What breaks off has no last line. */
function bodyOf(lines: AsyncGenerator<string>, leave: Leave): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const next = await lines.next()
        if (!next.done) return controller.enqueue(encoder.encode(next.value))
        leave()
        controller.close()
      } catch (error) {
        leave()
        getWeb().runtime.log.error({ error }, 'an export of the audit trail broke off')
        controller.error(error)
      }
    },
    cancel: async () => {
      leave()
      await lines.return(undefined)
    },
  })
}

const OTHER_SITE = 'This did not come from Countersign. Open the page again and repeat it.'
const NOT_READER = 'The audit trail is for admins and auditors.'
const UNREADABLE = 'This could not be read. Load the page again and repeat it.'
const UNCLEAR = 'The filter does not say who or what is meant. Clear it up on the page first.'
const NONE = 'There is no such stream.'
const BUSY = 'You are downloading two exports already. Try again when one of them is done.'
const UNAVAILABLE = 'Countersign cannot reach its database. Try again in a moment.'
const FAILED =
  'The export could not be sent. Somebody who runs Countersign finds out why in its log.'

function told(status: number, sentence: string, more: Record<string, string> = {}): Response {
  const headers = { ...LOCKED, 'content-type': 'text/plain; charset=utf-8', ...more }
  return new Response(`${sentence}\n`, { status, headers })
}

function signInFirst(): Response {
  return new Response(null, {
    status: 303,
    headers: { ...LOCKED, location: '/sign-in?from=%2Faudit' },
  })
}
