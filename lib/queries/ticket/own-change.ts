import { isRefusalCode, refusalEntry } from '#lib/core/refusals'
import type { Picture } from '../read-held'

/** What a change of the installation reaches. */
export const OWN_PLACE = 'Countersign itself'

/** A change of the installation itself: a person asked for it in the console, and no runtime carries it out. */
export function isOwnChange({ rows }: Pick<Picture, 'rows'>): boolean {
  return rows.caller.kind === 'console'
}

/** The rows as people are told them: whoever asked in the console by name, and Countersign as what carries it out. */
export function toldRows(
  rows: Picture['rows'],
  nameOf: (personId: string) => string,
): Picture['rows'] {
  if (!isOwnChange({ rows })) return rows
  const name = `${nameOf(rows.caller.owner_id)} in the console`
  return { ...rows, caller: { ...rows.caller, name, audience: 'Countersign' } }
}

/** What became of a change that was approved. */
export function ownGrantWords({ ticket, rows }: Picture): string {
  switch (ticket.grant?.state) {
    case 'ready':
    case 'collected':
    case 'redeemed':
      return 'It is applied in a moment.'
    case 'reported':
      return ticket.grant.outcome === 'succeeded'
        ? 'It was applied.'
        : `It was not applied, and nothing changed. ${whyNot(rows.grant?.outcome_detail ?? null)}`
    case 'lapsed':
      return 'It could not be applied in time. Nothing changed.'
    case 'revoked':
      return 'It was revoked before it was applied. Nothing changed.'
    default:
      return 'Nothing changed.'
  }
}

function whyNot(detail: string | null): string {
  if (detail === null) return ''
  return isRefusalCode(detail) ? refusalEntry(detail).sentence : detail
}
