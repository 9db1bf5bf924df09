import type { Clock } from '#lib/wire/clock'
import type { CallersView } from '#lib/wire/views/callers'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { ListBar, listQuery } from '../../_ui/list-bar'
import { PageHead, Section } from '../../_ui/section'
import { CallersTable } from './callers-table'
import { RegisterCaller } from './register-caller'

/** Whatever may ask: agents and jobs, each with somebody who answers for it. */
export function CallersPage({ callers, clock }: { callers: CallersView; clock: Clock }) {
  const { tab, tabCounts, text, rows, nextAfter, owners, isAdmin } = callers
  return (
    <>
      <PageHead title="Callers">
        {isAdmin
          ? 'Whatever may ask here: agents and jobs, each with somebody who answers for it.'
          : 'Agents and jobs that you answer for. Admins see all of them.'}
      </PageHead>
      <ListBar
        href="/callers"
        tabs={[
          { id: 'active', label: 'Active', count: tabCounts.active },
          { id: 'paused', label: 'Paused', count: tabCounts.paused },
        ]}
        tab={tab}
        what="callers"
        placeholder="Name, owner"
        text={text}
      />
      {rows.length === 0 ? (
        <NoCaller callers={callers} />
      ) : (
        <div className="listed">
          <CallersTable rows={rows} clock={clock} />
        </div>
      )}
      {nextAfter && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink
              size="small"
              href={`/callers?${listQuery({ tab, text })}&after=${nextAfter}`}
            >
              Show more
            </ButtonLink>
          </div>
        </div>
      )}
      {owners && (
        <Section
          id="register"
          title="Register a caller"
          note="What is registered is what policy judges it by. It can ask once it has a key."
        >
          <RegisterCaller owners={owners} />
        </Section>
      )}
    </>
  )
}

function NoCaller({ callers: { tab, text, isAdmin } }: { callers: CallersView }) {
  if (text !== '') {
    return (
      <EmptyState
        title={`No caller matches “${text}”`}
        tone="past"
        actions={<ButtonLink href={`/callers?view=${tab}`}>Clear the search</ButtonLink>}
      >
        <p>The search covers names of callers and of their owners.</p>
      </EmptyState>
    )
  }
  if (tab === 'paused') {
    return (
      <EmptyState
        title="No caller is paused"
        tone="clear"
        actions={<ButtonLink href="/callers">See those that are active</ButtonLink>}
      >
        <p>A paused caller keeps what it is registered for. Its keys are refused meanwhile.</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title={isAdmin ? 'There is no caller yet' : 'You own no caller'} tone="past">
      <p>
        A caller is a program that asks before it acts: an agent, a deploy job, a script. It has an
        owner, who answers for it, and two kinds of keys: one to ask, one to run what was signed.
      </p>
      {!isAdmin && <p>An admin registers callers, each with its owner.</p>}
    </EmptyState>
  )
}
