import type { Clock } from '#lib/wire/clock'
import type { PeopleView } from '#lib/wire/views/people'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { Fold } from '../../_ui/fold'
import { ListBar, type ListTab, listQuery } from '../../_ui/list-bar'
import { counted } from '../../_ui/number-words'
import { PageHead } from '../../_ui/section'
import { DualControlLine } from './dual-control-line'
import { Invite } from './invite'
import { PeopleTable } from './people-table'

/** Who is here, what their name is good for, and who they are in Slack. */
export function PeoplePage({ people, clock }: { people: PeopleView; clock: Clock }) {
  const { tab, text, rows, nextAfter } = people
  return (
    <>
      <PageHead title="People">
        {leadOf(people)} <a href="/groups">See the groups that approve</a>
      </PageHead>
      {people.dualControl && <DualControlLine dualControl={people.dualControl} clock={clock} />}
      {people.ways && (
        <Fold icon="pen" title="Invite somebody">
          <Invite ways={people.ways} clock={clock} />
        </Fold>
      )}
      <ListBar
        href="/people"
        tabs={tabsOf(people)}
        tab={tab}
        what="people"
        placeholder="Name, e-mail"
        text={text}
      />
      {rows.length === 0 ? (
        <Nobody people={people} />
      ) : (
        <PeopleTable people={people} clock={clock} />
      )}
      {nextAfter && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink
              size="small"
              href={`/people?${listQuery({ tab, text })}&after=${nextAfter}`}
            >
              Show more
            </ButtonLink>
          </div>
        </div>
      )}
    </>
  )
}

function leadOf({ hasSlack, tabCounts }: PeopleView): string {
  if (!hasSlack || tabCounts.unlinked === 0) return 'What each name is good for here.'
  return `${counted(tabCounts.unlinked, 'person has', 'people have')} no Slack user linked yet.`
}

function tabsOf({ hasSlack, tabCounts }: PeopleView): ListTab[] {
  const tabs: ListTab[] = [{ id: 'active', label: 'Active', count: tabCounts.active }]
  if (hasSlack) {
    tabs.push({ id: 'unlinked', label: 'Without Slack', count: tabCounts.unlinked })
  }
  return [...tabs, { id: 'gone', label: 'Left', count: tabCounts.gone }]
}

function Nobody({ people: { tab, text } }: { people: PeopleView }) {
  if (text !== '') {
    return (
      <EmptyState
        title={`Nobody matches “${text}”`}
        tone="past"
        actions={<ButtonLink href={`/people?view=${tab}`}>Clear the search</ButtonLink>}
      >
        <p>The search covers names and e-mail addresses.</p>
      </EmptyState>
    )
  }
  const everybody = <ButtonLink href="/people">See everybody</ButtonLink>
  if (tab === 'unlinked') {
    return (
      <EmptyState title="Everybody has a Slack user" tone="clear" actions={everybody}>
        <p>Each of them can be told, and can vote where policy takes votes from Slack.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="Nobody has left" tone="past" actions={everybody}>
      <p>Whoever is deactivated stands here, so that old votes keep their names.</p>
    </EmptyState>
  )
}
