'use client'

import { type Clock, timeText } from '#lib/wire/clock'
import type { SessionView } from '#lib/wire/views/account'
import { ToldNotice } from '../../_client/told-notice'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { endOtherSessions, endSession } from './actions'

const METHODS: Record<SessionView['method'], string> = {
  link: 'One-time link',
  passkey: 'Passkey',
  oidc: 'Single sign-on',
  recovery: 'Recovery code',
}

/** Where this person is signed in, each to be ended from here. */
export function Sessions({ sessions, clock }: { sessions: readonly SessionView[]; clock: Clock }) {
  const [told, run, isPending] = useTold<string | 'others'>((which) =>
    which === 'others' ? endOtherSessions() : endSession(which),
  )
  return (
    <div className="stack">
      <table className="table cards sessions">
        <caption className="vh">Your sessions</caption>
        <thead>
          <tr>
            <th scope="col">Where</th>
            <th scope="col">By</th>
            <th scope="col">Since</th>
            <th scope="col">Last used</th>
            <th scope="col" className="r">
              <span className="vh">End it</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <tr key={session.id}>
              <th scope="row">{session.browser ?? 'A browser that did not say'}</th>
              <td>{METHODS[session.method]}</td>
              <td>
                <span className="card-label">Since </span>
                {timeText(session.startedAt, 'day', clock)}
              </td>
              <td>
                <span className="card-label">Last used </span>
                {timeText(session.lastSeenAt, 'day', clock)}
              </td>
              <td className="r">
                {session.isThis ? (
                  <span className="soft">This one</span>
                ) : (
                  <form action={() => run(session.id)}>
                    <Button type="submit" size="small" kind="quiet">
                      End
                      <span className="vh">
                        {' '}
                        the session {session.browser} since{' '}
                        {timeText(session.startedAt, 'day_seconds', clock)}
                      </span>
                    </Button>
                  </form>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {sessions.length > 1 && (
        <form action={() => run('others')}>
          <Button type="submit" kind="reject" size="small">
            End all others
          </Button>
        </form>
      )}
      {!isPending && <ToldNotice told={told} />}
    </div>
  )
}
