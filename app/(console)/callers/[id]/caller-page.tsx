import { type Clock, timeText } from '#lib/wire/clock'
import type { CallerPageView } from '#lib/wire/views/callers'
import { Facts } from '../../../_ui/facts'
import { Fold } from '../../../_ui/fold'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { Notice } from '../../../_ui/notice'
import { counted, countText } from '../../../_ui/number-words'
import { PageHead, Section } from '../../../_ui/section'
import { OwnerLeft } from '../callers-table'
import { KIND_WORDS } from '../words'
import { CallerState } from './caller-state'
import { EditCaller } from './edit-caller'
import { Keys } from './keys'
import { TryIt } from './try-it'

/** One caller: what is registered about it, who answers for it, and with which keys it asks and runs. */
export function CallerPage({ caller, clock }: { caller: CallerPageView; clock: Clock }) {
  const { id, name, kind, owners, ways } = caller
  return (
    <>
      <div className="page-crumbs">
        <Crumbs trail={[{ href: '/callers', label: 'Callers' }]} here={<code>{name}</code>} />
      </div>
      <PageHead title={name}>
        {KIND_WORDS[kind]} of {caller.ownerName}.
      </PageHead>
      <Trouble caller={caller} />
      <Section
        id="registered"
        title="Registered"
        note="Policy judges by this, never by what a contract claims."
        isFirst
      >
        <div className="stack">
          <Registered caller={caller} clock={clock} />
          <CallerState callerId={id} name={name} isActive={caller.isActive} ways={ways} />
          {owners && (
            <Fold icon="pen" title="Change what is registered">
              <EditCaller caller={caller} owners={owners} ways={ways} />
            </Fold>
          )}
        </div>
      </Section>
      <Section
        id="keys"
        title="Keys"
        note="An agent key asks. A runtime key takes the token, redeems it and reports."
      >
        <Keys caller={caller} clock={clock} />
      </Section>
      <Section id="limits" title="Limits" note="The same for every caller. Beyond them, 429.">
        <Limits caller={caller} />
      </Section>
      <Section
        id="try"
        title="Try it"
        note="Filled in for this caller. Put each secret into the environment, not into code."
      >
        <TryIt caller={caller} />
      </Section>
    </>
  )
}

/** What keeps it from asking, or keeps anybody from answering for it, and what to do. */
function Trouble({ caller }: { caller: CallerPageView }) {
  const { hasOwnerLeft, ownerName, isActive, isAdmin, liveKeyCount } = caller
  if (hasOwnerLeft) {
    return (
      <Notice tone="hold" isCompact lead={`${ownerName} left.`}>
        Nobody answers for it now. {isAdmin && 'Choose another owner: another admin approves that.'}
      </Notice>
    )
  }
  if (!isActive) {
    return (
      <Notice tone="hold" isCompact lead="Paused.">
        Its keys are refused, and nothing that it asked for runs.
      </Notice>
    )
  }
  if (liveKeyCount > 0) return null
  return (
    <Notice tone="plain" isCompact lead="It has no key yet.">
      Make an agent key for what asks, and a runtime key for what carries out.
    </Notice>
  )
}

function Registered({ caller, clock }: { caller: CallerPageView; clock: Clock }) {
  const { kind, ownerName, hasOwnerLeft, environments, roles, audience, createdAt } = caller
  return (
    <Facts
      facts={[
        { label: 'State', value: caller.isActive ? 'Active' : 'Paused' },
        { label: 'Kind', value: KIND_WORDS[kind] },
        {
          label: 'Owner',
          value: (
            <>
              {ownerName} {hasOwnerLeft && <OwnerLeft />}
            </>
          ),
          sub: 'Never votes on what it asks for',
        },
        { label: 'Environments', value: environments.join(', ') || 'None' },
        { label: 'Roles', value: roles.join(', ') || 'None' },
        {
          label: 'Runtime',
          value: <code className="address">{audience}</code>,
          sub: 'The audience of its allow tokens',
        },
        { label: 'Registered', value: timeText(createdAt, 'day', clock) },
        {
          label: 'Webhooks',
          value: (
            <a href="/webhooks">
              {caller.endpointCount === 0
                ? 'None: add one'
                : counted(caller.endpointCount, 'endpoint')}
            </a>
          ),
        },
      ]}
    />
  )
}

function Limits({ caller: { limits } }: { caller: CallerPageView }) {
  const { openCount, mostOpen, minuteCount, mostAMinute } = limits
  return (
    <Facts
      facts={[
        {
          label: 'Open at once',
          value: `${countText(openCount)} of ${countText(mostOpen)}`,
          sub: 'Requests that wait for people',
        },
        {
          label: 'Submitted in a minute',
          value: `${countText(minuteCount)} of ${countText(mostAMinute)}`,
        },
      ]}
    />
  )
}
