import type { Clock } from '#lib/wire/clock'
import type { WebhooksView } from '#lib/wire/views/webhooks'
import { ButtonLink } from '../../_ui/button'
import { EmptyState } from '../../_ui/empty-state'
import { PageHead, Section } from '../../_ui/section'
import { AddEndpoint } from './add-endpoint'
import { EndpointsTable } from './endpoints-table'

/** Where the news of callers' requests goes. */
export function WebhooksPage({ webhooks, clock }: { webhooks: WebhooksView; clock: Clock }) {
  const { rows, nextAfter, callers, isAdmin } = webhooks
  return (
    <>
      <PageHead title="Webhooks">
        Tell your servers what became of requests, so that nobody has to ask.
        {isAdmin && ' Admins see the endpoints of all callers.'}
      </PageHead>
      {rows.length > 0 && (
        <div className="listed">
          <EndpointsTable rows={rows} clock={clock} />
        </div>
      )}
      {nextAfter && (
        <div className="list-foot">
          <div className="acts">
            <ButtonLink size="small" href={`/webhooks?after=${nextAfter}`}>
              Show more
            </ButtonLink>
          </div>
        </div>
      )}
      {rows.length === 0 && <NoEndpoint hasCallers={callers.length > 0} isAdmin={isAdmin} />}
      {callers.length > 0 && (
        <Section
          id="add"
          title="Add an endpoint"
          note="It is told what happens from now on. Its secret is shown once."
        >
          <AddEndpoint callers={callers} />
        </Section>
      )}
    </>
  )
}

function NoEndpoint({ hasCallers, isAdmin }: { hasCallers: boolean; isAdmin: boolean }) {
  if (!hasCallers) {
    return (
      <EmptyState title={isAdmin ? 'There is no caller yet' : 'You own no caller'} tone="past">
        <p>
          A webhook tells of one caller’s requests, and whoever owns the caller says where to.
          Whoever runs the installation registers callers, each with its owner.
        </p>
      </EmptyState>
    )
  }
  return (
    <EmptyState title="No server is told anything yet" tone="past">
      <p>
        An endpoint is an address of yours. When a request is held, released, rejected or ends
        otherwise, a small signed message is posted there: which request, and what it is now.
      </p>
      <p>
        It is news, never permission. It holds no token, and whoever wants to act asks the API with
        a key of their own. What is not answered is tried again for three days and stays in the log.
      </p>
    </EmptyState>
  )
}
