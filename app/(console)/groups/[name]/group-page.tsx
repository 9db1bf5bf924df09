import type { Clock } from '#lib/wire/clock'
import type { GroupView } from '#lib/wire/views/groups'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { GapsNotice } from '../../../_ui/gaps-notice'
import { Unordered } from '../../../_ui/list'
import { counted } from '../../../_ui/number-words'
import { PageHead, Section } from '../../../_ui/section'
import { Sent } from '../../../_ui/sent'
import { DualControlLine } from '../../people/dual-control-line'
import { Members } from './members'

/** One group: who is in it and until when, and what waits for them. */
export function GroupPage({ group, clock }: { group: GroupView; clock: Clock }) {
  const { label, name, isByRole, gaps, acts, neededBy } = group
  return (
    <>
      <div className="page-crumbs">
        <Crumbs
          trail={[
            { href: '/people', label: 'People' },
            { href: '/groups', label: 'Groups' },
          ]}
          here={label}
        />
      </div>
      <PageHead title={label}>
        Policy calls it <code>{name}</code>.
        {isByRole && ' Everybody with the role of admin is in it, and nobody else.'}
      </PageHead>
      {acts && <DualControlLine dualControl={acts.dualControl} clock={clock} />}
      <GapsNotice gaps={gaps} />
      <Section
        id="members"
        title="Members"
        note="Somebody who stands in for a while has an end."
        isFirst
      >
        <Members group={group} clock={clock} />
      </Section>
      <Section id="needed" title="Needed by" note="What asks for votes of this group.">
        {neededBy.length === 0 ? (
          <p className="soft">
            {isByRole
              ? 'Changes of who may do what, here in Countersign.'
              : 'Nothing in the policy.'}
          </p>
        ) : (
          <Unordered>
            {neededBy.map((owner) => (
              <li key={owner}>{owner}</li>
            ))}
          </Unordered>
        )}
      </Section>
      <OpenTickets group={group} />
    </>
  )
}

function OpenTickets({ group: { open, openCount } }: { group: GroupView }) {
  return (
    <Section id="open" title="Open tickets" note="That wait for votes of this group.">
      {openCount === 0 ? (
        <p className="soft">None.</p>
      ) : (
        <div className="stack">
          <p>{counted(openCount, 'ticket')}. The newest:</p>
          <Unordered>
            {open.map(({ id, goal }) => (
              <li key={id}>
                <a href={`/tickets/${id}`}>
                  <Sent text={goal} />
                </a>
              </li>
            ))}
          </Unordered>
        </div>
      )}
    </Section>
  )
}
