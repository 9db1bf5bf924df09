import { AUDIT_KINDS, type AuditKind, filterParams } from '#lib/wire/audit'
import { type Clock, timeText } from '#lib/wire/clock'
import type { AuditView } from '#lib/wire/views/audit'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { ListBar, type ListField, type ListSelect } from '../../_ui/list-bar'
import { Notice } from '../../_ui/notice'
import { PageHead } from '../../_ui/section'
import { AuditTable } from './audit-table'
import { ExportForm } from './export-form'
import { Verify } from './verify'

const KIND_WORDS: Record<AuditKind, string> = {
  request: 'Requests',
  person: 'People',
  caller: 'Callers',
  policy: 'Policies',
  installation: 'Installation',
}

/** The audit trail: what happened, who did it, and whether it is still as it was written. */
export function AuditPage({ audit, clock }: { audit: AuditView; clock: Clock }) {
  const { filter, rows, nextCursor, lookedBackTo } = audit
  return (
    <>
      <PageHead title="Audit">
        Every entry of the trail, newest first. Days are days in {clock.zone}.
      </PageHead>
      <Filters audit={audit} />
      <Unclear audit={audit} />
      {rows.length > 0 && (
        <>
          <Verify seqs={rows.map(({ seq }) => seq)} />
          <AuditTable rows={rows} clock={clock} />
        </>
      )}
      {lookedBackTo && (
        <Notice tone="plain" isCompact lead="There may be more.">
          Looked through everything back to {timeText(lookedBackTo, 'full', clock)}.
        </Notice>
      )}
      {rows.length === 0 && lookedBackTo === null && <NothingFound />}
      {nextCursor && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink
              size="small"
              href={`/audit?${new URLSearchParams([...filterParams(filter), ['cursor', nextCursor]])}`}
            >
              {lookedBackTo ? 'Look further back' : 'Older entries'}
            </ButtonLink>
          </div>
        </div>
      )}
      <ExportForm filter={filter} plan={audit.export} />
    </>
  )
}

function Filters({ audit: { filter, types } }: { audit: AuditView }) {
  const type: ListSelect = {
    name: 'type',
    label: 'Type of entry',
    all: 'Any type',
    options: types.map((value) => ({ value, label: value })),
    chosen: filter.type,
  }
  const fields: ListField[] = [
    { name: 'person', label: 'Person', type: 'text', chosen: filter.person },
    { name: 'request', label: 'Request', type: 'text', chosen: filter.request },
    { name: 'from', label: 'From', type: 'date', chosen: filter.from },
    { name: 'to', label: 'To', type: 'date', chosen: filter.to },
  ]
  return (
    <ListBar
      href="/audit"
      tabs={[
        { id: 'all', label: 'All' },
        ...AUDIT_KINDS.map((id) => ({ id, label: KIND_WORDS[id] })),
      ]}
      tab={filter.kind ?? 'all'}
      what="entries"
      placeholder="Type, id, hash or leaf"
      text={filter.text}
      selects={[type]}
      fields={fields}
      isWide
    />
  )
}

/** Where the filter does not say who or what is meant. */
function Unclear({ audit: { filter, people, person, isOddRequest } }: { audit: AuditView }) {
  if (isOddRequest) {
    return (
      <Notice tone="hold" isCompact lead="This is no request’s id.">
        It begins with req_ and has 26 more characters.
      </Notice>
    )
  }
  if (filter.person === '' || person) return null
  if (people.length === 0) {
    return (
      <Notice tone="hold" isCompact lead="Nobody is called so.">
        The filter takes an id, or a part of a name or an e-mail address.
      </Notice>
    )
  }
  return (
    <Notice tone="hold" isCompact lead="Several people are called so:">
      {people.map(({ id, name }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <a href={`/audit?${new URLSearchParams(filterParams({ ...filter, person: id }))}`}>
            {name}
          </a>
        </span>
      ))}
    </Notice>
  )
}

function NothingFound() {
  return (
    <EmptyState
      title="No entry matches"
      tone="past"
      actions={<ButtonLink href="/audit">Clear the filters</ButtonLink>}
    >
      <p>The search covers types, ids, hashes and numbers of leaves, not what people wrote.</p>
    </EmptyState>
  )
}
