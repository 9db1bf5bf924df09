import { type Clock, msBetween, spanText, timeText, zoneWords } from '#lib/wire/clock'
import type { AuditFootView } from '#lib/wire/views/common'
import { countText } from '../number-words'

/** Under every page: the policy in force, the state of the audit log, where developers read on, and the zone of all times above. */
export function Footer({
  policyVersion,
  audit,
  clock,
}: {
  policyVersion: string
  audit: AuditFootView
  clock: Clock
}) {
  return (
    <footer className="foot">
      <div className="wrap">
        <span>
          Policy <code>{policyVersion}</code>
        </span>
        <span>{auditText(audit, clock)}</span>
        <a className="no-print" href="/reference">
          API reference
        </a>
        <span className="end">Times are {zoneWords(clock)}</span>
      </div>
    </footer>
  )
}

function auditText(audit: AuditFootView, clock: Clock): string {
  const parts = [`Audit log ${countText(audit.entryCount)} entries`]
  parts.push(
    audit.sealedAt
      ? `sealed ${spanText(msBetween(audit.sealedAt, clock.now))} ago`
      : 'chained, not sealed',
  )
  parts.push(
    audit.witnessedAt
      ? `witnessed ${timeText(audit.witnessedAt, 'short', clock)}`
      : 'tail unprotected',
  )
  return parts.join(', ')
}
