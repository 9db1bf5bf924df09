import { Button } from '../../_ui/button'
import { Dialog } from '../../_ui/dialog'
import { TextField } from '../../_ui/field'
import { Icon } from '../../_ui/icon'
import { Notice, Toast } from '../../_ui/notice'
import { Section } from '../../_ui/section'
import { Tool } from '../../_ui/sent'

/** Notices, table and tabs, dialog and toast. */
export function FloatParts() {
  return (
    <>
      <Section id="notices" title="Notices">
        <div className="stack">
          <Notice tone="hold" lead="No arguments are bound.">
            You sign the goal and the tool, not a parameter list.
          </Notice>
          <Notice tone="stop" lead="Look-alike letters in the goal.">
            Shown as escapes: <Tool name={'Kestrel Frei\u0261ht GmbH'} />
          </Notice>
          <Notice tone="go" lead="Signed.">
            Still held: a rollback plan is missing.
          </Notice>
          <Notice tone="plain" lead="Enforced by the runtime:">
            <code>max_cost_usd: 5</code>, <code>timeout: 300s</code>
          </Notice>
        </div>
      </Section>
      <Section id="table" title="Table">
        <Deliveries />
      </Section>
      <Section id="floats" title="Dialog and toast" note="The only things with a shadow.">
        <div className="two">
          <Dialog
            id="revoke"
            title="Revoke this grant?"
            open
            footer={
              <>
                <Button>Keep the grant</Button>
                <Button kind="reject">Revoke grant</Button>
              </>
            }
          >
            <p>
              deploy-runner has not redeemed it. After this it cannot, and the caller has to ask
              again.
            </p>
            <TextField
              id="revoke-reason"
              label="Reason, kept in the record"
              defaultValue="Checkout incident, INC-88"
            />
          </Dialog>
          <div className="stack">
            <Toast icon="check" action={{ href: '#signatures', label: 'View' }}>
              <strong>Signed.</strong> Still held: a rollback plan is missing.
            </Toast>
            <Toast action={{ href: '#signatures', label: 'View' }}>
              Tomás Rey signed first. Your vote was not needed.
            </Toast>
          </div>
        </div>
      </Section>
    </>
  )
}

const deliveries = [
  ['request.released', 'C3AEQSTZ', 'hooks.osterby.example', '84 ms', null],
  ['grant.redeemed', 'C3AEQSTZ', 'hooks.osterby.example', '91 ms', null],
  ['request.deferred', '98D7RAY', 'treasury.osterby.example', '10,000 ms', 'in 5 min'],
] as const

function Deliveries() {
  return (
    <table className="table cards">
      <caption className="vh">Webhook deliveries</caption>
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">Request</th>
          <th scope="col">Endpoint</th>
          <th scope="col" className="r">
            Took
          </th>
          <th scope="col" className="r">
            Next try
          </th>
        </tr>
      </thead>
      <tbody>
        {deliveries.map(([event, request, endpoint, took, nextTry]) => (
          <tr key={event}>
            <th scope="row">
              <code>{event}</code>
            </th>
            <td>
              <code>…{request}</code>
            </td>
            <td>{endpoint}</td>
            <td className="r num">{took}</td>
            <td className="r">
              {nextTry ? (
                <span className="hold strong">{nextTry}</span>
              ) : (
                <span className="okay">
                  <Icon name="check" />
                  Delivered
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
