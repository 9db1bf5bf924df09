import { insightsFile } from '#lib/queries/insights/insights-file'
import { insightsView } from '#lib/queries/insights/insights-view'
import { maySeeInsights } from '#lib/queries/insights/may-see'
import { getWeb } from '#lib/web'
import { insightsFileQuery } from '#lib/wire/insights'
import { placesAtOnce } from '../../../_server/at-once'
import { currentViewer } from '../../../_server/viewer'

/** A file that is saved: nothing in it is drawn, guessed at, read by another site or kept in a cache. */
const LOCKED = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
}

/** Files that one person reads at once: each asks the database for all that the page shows. */
const enter = placesAtOnce(2)

/** One table of the page, for a spreadsheet. */
export async function GET(request: Request): Promise<Response> {
  const { runtime } = getWeb()
  try {
    const viewer = await currentViewer()
    if (!viewer) {
      return new Response(null, { status: 303, headers: { ...LOCKED, location: SIGN_IN } })
    }
    const asked = insightsFileQuery.safeParse(Object.fromEntries(new URL(request.url).searchParams))
    if (!maySeeInsights(viewer.roles) || !asked.success) return told(404, NONE)
    const leave = enter(viewer.personId)
    if (!leave) return told(429, BUSY, { 'retry-after': '5' })
    try {
      const { days, table: id } = asked.data
      const view = await insightsView(runtime, { days }, runtime.now())
      const table = view.tables.find((one) => one.id === id)
      if (!table) return told(404, NONE)
      const name = `countersign-insights-${id}-${days}-days.csv`
      return new Response(insightsFile(table), {
        headers: {
          ...LOCKED,
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${name}"`,
        },
      })
    } finally {
      leave()
    }
  } catch (error) {
    runtime.log.error({ error }, 'insights could not be sent')
    return runtime.isUnavailable(error) ? told(503, UNAVAILABLE) : told(500, FAILED)
  }
}

const SIGN_IN = '/sign-in?from=%2Finsights'
const NONE = 'There is no such table.'
const BUSY = 'You are saving several tables already. Try again when one of them is done.'
const UNAVAILABLE = 'Countersign cannot reach its database. Try again in a moment.'
const FAILED =
  'The table could not be sent. Somebody who runs Countersign finds out why in its log.'

function told(status: number, sentence: string, more: Record<string, string> = {}): Response {
  const headers = { ...LOCKED, 'content-type': 'text/plain; charset=utf-8', ...more }
  return new Response(`${sentence}\n`, { status, headers })
}
