import { type Clock, timeText } from '#lib/wire/clock'
import type { PersonPageView } from '#lib/wire/views/people'
import { Facts } from '../../../_ui/facts'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { Unordered } from '../../../_ui/list'
import { Notice } from '../../../_ui/notice'
import { counted } from '../../../_ui/number-words'
import { PageHead, Section } from '../../../_ui/section'
import { Sent } from '../../../_ui/sent'
import { DualControlLine } from '../dual-control-line'
import { roleLabel } from '../role-words'
import { AccountActs } from './account-acts'
import { Memberships } from './memberships'
import { RoleForm } from './role-form'

/** One person: what their name is good for, and what an admin may change of it. */
export function PersonPage({ person, clock }: { person: PersonPageView; clock: Clock }) {
  const { name, email, isActive, leftAt, acts, roles } = person
  return (
    <>
      <div className="page-crumbs">
        <Crumbs trail={[{ href: '/people', label: 'People' }]} here={name} />
      </div>
      <PageHead title={name}>{email}</PageHead>
      {!isActive && (
        <Notice
          tone="plain"
          isCompact
          lead={leftAt ? `Left on ${timeText(leftAt, 'day', clock)}.` : 'Has left.'}
        >
          They sign in nowhere and vote on nothing. What they did keeps their name.
        </Notice>
      )}
      {acts && <DualControlLine dualControl={acts.dualControl} clock={clock} />}
      <Section id="roles" title="Roles" note="What they may do here." isFirst>
        {acts && isActive ? (
          <RoleForm person={person} ways={acts.ways} />
        ) : (
          <p>{roles.map(roleLabel).join(', ') || 'None: they may look, and nothing else.'}</p>
        )}
      </Section>
      <Section id="groups" title="Groups" note="Whose votes they give where policy asks for them.">
        <Memberships person={person} clock={clock} />
      </Section>
      <Section id="account" title="Account" note="Without a confirmed factor nobody votes.">
        <div className="stack">
          <Account person={person} clock={clock} />
          {acts && <AccountActs person={person} ways={acts.ways} clock={clock} />}
        </div>
      </Section>
      <Callers person={person} />
      <Votes person={person} clock={clock} />
    </>
  )
}

function Account({ person, clock }: { person: PersonPageView; clock: Clock }) {
  const { factorCount, waitingFactorCount, account, hasSlack, slack, addedAt } = person
  const waits =
    waitingFactorCount > 0 && `${counted(waitingFactorCount, 'waits', 'wait')} for a second person`
  return (
    <Facts
      facts={[
        {
          label: 'Factors',
          value: factorCount === 0 ? 'None: cannot vote' : counted(factorCount, 'factor'),
          sub: account
            ? account.factors
                .map((factor) => `${factor.name}${factor.isConfirmed ? '' : ' (waits)'}`)
                .join(', ')
            : waits,
        },
        ...(account
          ? [
              { label: 'Recovery codes', value: `${account.recoveryCodeCount} left` },
              {
                label: 'Signed in',
                value:
                  account.sessionCount === 0
                    ? 'Nowhere now'
                    : `In ${counted(account.sessionCount, 'place')}`,
                sub: account.lastSignInAt
                  ? `Last ${timeText(account.lastSignInAt, 'day', clock)}`
                  : 'Never yet',
              },
            ]
          : []),
        ...(hasSlack || slack
          ? [
              {
                label: 'Slack',
                value: slack ? <Sent text={slack.userName} /> : 'Not linked',
                sub: slack && `${slack.userId} in ${slack.workspace}`,
              },
            ]
          : []),
        { label: 'Added', value: timeText(addedAt, 'day', clock) },
      ]}
    />
  )
}

function Callers({ person: { callers, callerCount } }: { person: PersonPageView }) {
  return (
    <Section
      id="callers"
      title="Callers"
      note="They answer for what these ask, and never vote on it."
    >
      {callers.length === 0 ? (
        <p className="soft">They own none.</p>
      ) : (
        <Unordered>
          {callers.map(({ id, name }) => (
            <li key={id}>{name}</li>
          ))}
          {callerCount > callers.length && <li>and {callerCount - callers.length} more</li>}
        </Unordered>
      )}
    </Section>
  )
}

const CHOICES: Record<string, string> = { approve: 'Approved', reject: 'Rejected' }

function Votes({ person: { votes }, clock }: { person: PersonPageView; clock: Clock }) {
  return (
    <Section id="votes" title="Votes lately" note="Newest first.">
      {votes.length === 0 ? (
        <p className="soft">None yet.</p>
      ) : (
        <table className="table cards people">
          <caption className="vh">Votes given lately</caption>
          <thead>
            <tr>
              <th scope="col">Request</th>
              <th scope="col">Vote</th>
              <th scope="col">When</th>
            </tr>
          </thead>
          <tbody>
            {votes.map(({ id, requestId, goal, choice, at, isLive }) => (
              <tr key={id}>
                <th scope="row">
                  <a href={`/tickets/${requestId}`}>
                    <Sent text={goal} />
                  </a>
                </th>
                <td>
                  <span className="card-label">Vote</span>
                  <div>
                    {CHOICES[choice] ?? choice}
                    {!isLive && <span className="soft">, taken back</span>}
                  </div>
                </td>
                <td>
                  <span className="card-label">When</span>
                  <div>{timeText(at, 'day', clock)}</div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
