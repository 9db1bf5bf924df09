import { whyNotEligible } from '#lib/core/ticket/eligibility'
import type { Grant } from '#lib/core/ticket/types'
import type { Prose } from '#lib/wire/views/common'
import type { GrantView } from '#lib/wire/views/vote'
import { grantChecks } from './grant-checks'
import type { TicketPicture } from './load-ticket'
import { quoted } from './record-view'
import { SILENT_MS } from './silence-notice'

export function grantView(picture: TicketPicture): GrantView | null {
  const { grant } = picture.ticket
  const row = picture.rows.grant
  if (!grant || !row) return null
  const byName = picture.rows.caller.audience
  const met = picture.evaluation.requirements.length
  return {
    state: grant.state,
    readyAt: at(grant.createdAt),
    readyNote: [met === 0 ? 'Nothing was asked for' : `${met} of ${met} met`],
    windowEndsAt: at(grant.endsAt),
    collected:
      grant.collectedAt === null
        ? null
        : { at: at(grant.collectedAt), byName, tokenExpiresAt: at(grant.tokenExpiresAt ?? 0) },
    redeemed: grant.redeemedAt === null ? null : { at: at(grant.redeemedAt), byName },
    reported:
      grant.reportedAt === null || grant.outcome === null
        ? null
        : { at: at(grant.reportedAt), outcome: grant.outcome, detail: row.outcome_detail },
    ended: row.ended_at === null ? null : { at: row.ended_at, reason: endReason(picture, grant) },
    remindAt:
      grant.state === 'redeemed' && grant.redeemedAt !== null
        ? at(grant.redeemedAt + SILENT_MS)
        : null,
    checks: grantChecks(picture),
    canRevoke: mayRevoke(picture, grant),
  }
}

function endReason(picture: TicketPicture, grant: Grant): Prose {
  const ending = picture.events.find(({ type }) => type === `grant.${grant.state}`)
  if (grant.state === 'lapsed') return ['Nobody redeemed it in time. Nothing ran.']
  if (grant.state === 'burnt') {
    const code = String(ending?.body['code'] ?? 'unknown')
    return ['Redeem was refused for good: ', { kind: 'code', text: code }, '. Nothing ran.']
  }
  if (grant.state === 'revoked' && ending?.body['superseded_by']) {
    return ['A newer request took its place. Nothing ran.']
  }
  const by = ending?.actor.kind === 'person' ? picture.nameOf(ending.actor.id ?? '') : null
  const why = quoted(ending?.body['reason'])
  return [`Revoked${by === null ? '' : ` by ${by}`}${why === '' ? '' : `: ${why}`}. Nothing ran.`]
}

/** The same people as the command: an eligible approver, the owner or an admin. */
function mayRevoke(picture: TicketPicture, grant: Grant): boolean {
  const { viewerId, facts, rows, now } = picture
  if (viewerId === null || (grant.state !== 'ready' && grant.state !== 'collected')) return false
  const person = facts.directory.people[viewerId]
  if (!person?.active) return false
  if (viewerId === rows.caller.owner_id || person.roles.includes('admin')) return true
  return picture.evaluation.requirements.some(
    ({ requirement }) =>
      requirement.kind === 'approval' && whyNotEligible(viewerId, requirement, facts, now) === null,
  )
}

function at(epochMs: number): string {
  return new Date(epochMs).toISOString()
}
