import { Button } from '../../_ui/button'
import { AreaField, ChoiceField, CodeField, SelectField, TextField } from '../../_ui/field'
import { Section } from '../../_ui/section'

/** Buttons and fields. */
export function ControlParts() {
  return (
    <>
      <Section id="buttons" title="Buttons" note="One filled button a page, and it signs.">
        <div className="gl">
          <div className="row">
            <Button kind="sign" size="large" icon="passkey">
              Approve with passkey
            </Button>
            <Button kind="reject" size="large">
              Reject
            </Button>
            <Button kind="quiet" size="large">
              Use a code
            </Button>
          </div>
          <div className="row">
            <Button>Attach rollback plan</Button>
            <Button kind="sign">Confirm</Button>
            <Button kind="reject">Revoke grant</Button>
            <Button disabled>Reject selected</Button>
            <Button isBusy icon="reload">
              Waiting for your passkey
            </Button>
          </div>
          <div className="row">
            <Button size="small" icon="print">
              Approval record
            </Button>
            <Button size="small" icon="copy">
              Copy request id
            </Button>
            <Button size="small" kind="reject">
              Withdraw my vote
            </Button>
          </div>
        </div>
      </Section>
      <Section id="fields" title="Fields">
        <Fields />
      </Section>
    </>
  )
}

function Fields() {
  return (
    <form className="form" action="#fields">
      <TextField
        id="x-version"
        label="Version to go back to"
        hint="As your deploy tool names it"
        width={3}
        isBytes
        defaultValue="2026.03.07"
      />
      <TextField
        id="x-minutes"
        label="Time it takes"
        width={3}
        suffix="minutes"
        defaultValue="soon"
        error="Give a number of minutes, such as 12."
      />
      <SelectField
        id="x-owner"
        label="Who carries it out"
        width={3}
        options={[{ value: 'aiko', label: 'Aiko Mori' }]}
      />
      <CodeField id="x-code" label="Code from your authenticator" width={3} />
      <AreaField
        id="x-steps"
        label="Steps, one a line"
        rows={3}
        placeholder="Point the router back at the previous version"
      />
      <ChoiceField
        legend="Reason, sent to the caller"
        name="x-reason"
        width={3}
        choices={[
          { value: 'time', label: 'Wrong time' },
          { value: 'target', label: 'Wrong target' },
        ]}
        chosen={['time']}
      />
      <ChoiceField
        legend="Tell"
        name="x-tell"
        type="checkbox"
        width={3}
        choices={[
          { value: 'owner', label: 'The owner, Jonas Weber' },
          { value: 'thread', label: 'The thread in Slack' },
        ]}
        chosen={['owner']}
      />
      <div className="form-end">
        <Button type="submit">Save</Button>
      </div>
    </form>
  )
}
