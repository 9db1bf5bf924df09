'use client'

import type { Clock } from '#lib/wire/clock'
import type { Instant, ProofWays } from '#lib/wire/views/common'
import type { ChangeDone } from '../../_client/change-told-notice'
import { ChangeDialog } from '../people/change-dialog'
import { EndFields, useEnd } from './end-fields'

interface Place {
  group: { name: string; label: string }
  person: { id: string; name: string }
}

/** Changes when somebody's place in a group ends, and takes them out of it. */
export function MemberActs({
  group,
  person,
  endsAt,
  ways,
  clock,
  onDone,
}: Place & {
  endsAt: Instant | null
  ways: ProofWays
  clock: Clock
  onDone: (done: ChangeDone) => void
}) {
  const id = `${group.name}-${person.id}`
  const about = `${person.name} in ${group.label}`
  const end = useEnd(clock, 'today')
  return (
    <div className="acts">
      <ChangeDialog
        id={`end-${id}`}
        label="Change the end"
        labelEnd={`of ${about}`}
        title={`How long is ${person.name} in ${group.label}?`}
        change={{
          kind: 'groups.set_member',
          group: group.name,
          person: person.id,
          until: end.until,
        }}
        missing={end.missing}
        isLoosening={isLater(end.until, endsAt)}
        ways={ways}
        onDone={onDone}
        fields={<EndFields id={`end-${id}`} end={end} zone={clock.zone} />}
      >
        An end that comes sooner holds at once. A later one takes another admin where dual control
        is on.
      </ChangeDialog>
      <ChangeDialog
        id={`remove-${id}`}
        label="Take out"
        labelEnd={about}
        kind="reject"
        title={`Take ${person.name} out of ${group.label}?`}
        change={{ kind: 'groups.remove_member', group: group.name, person: person.id }}
        isLoosening={false}
        isTaking
        ways={ways}
        onDone={onDone}
      >
        This is done at once. Votes of theirs no longer count for this group where nothing has run
        yet.
      </ChangeDialog>
    </div>
  )
}

function isLater(until: string | null, endsAt: Instant | null): boolean {
  return endsAt !== null && (until === null || Date.parse(until) > Date.parse(endsAt))
}
