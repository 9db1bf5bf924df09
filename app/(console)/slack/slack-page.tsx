import type { Clock } from '#lib/wire/clock'
import { INSTALL_OUTCOMES, type InstallOutcome } from '#lib/wire/slack/install'
import type { SlackSetupView } from '#lib/wire/views/slack-setup'
import { Notice } from '../../_ui/notice'
import { counted, countText } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { Since } from '../../_ui/time'
import { RoutingEditor } from './routing-editor'
import { RoutingHelp } from './routing-help'
import { RoutingVersions } from './routing-versions'
import { TestMessage } from './test-message'
import { Workspace } from './workspace'

/** In which workspace Countersign works, and which channel hears of what. */
export function SlackPage({
  slack,
  outcome,
  clock,
}: {
  slack: SlackSetupView
  /** How an installation has just ended. */
  outcome: InstallOutcome | null
  clock: Clock
}) {
  const { workspace, routing, fault } = slack
  return (
    <>
      <PageHead title="Slack">
        {workspace ? <LinkedLine slack={slack} /> : 'Countersign is in no workspace yet.'}
      </PageHead>
      <div className="stack slack-notices">
        {outcome && (
          <Notice
            tone={outcome === 'done' ? 'go' : 'stop'}
            role={outcome === 'done' ? 'status' : 'alert'}
            isCompact
            lead={INSTALL_OUTCOMES[outcome]}
          />
        )}
        {fault && (
          <Notice tone="hold" isCompact lead={fault.why}>
            For <Since at={fault.since} clock={clock} />. Messages wait, and votes in the console
            count as ever.
          </Notice>
        )}
      </div>
      <Section id="workspace" title="Workspace" note="One installation works in one." isFirst>
        <Workspace slack={slack} clock={clock} />
      </Section>
      <Section
        id="routing"
        title="Channels"
        note="Where a held request is announced. Who may act on it is the policy’s business alone."
      >
        <div className="stack">
          <RoutingEditor
            source={routing.source}
            ordinal={routing.ordinal}
            isNewest={routing.ordinal === (routing.versions[0]?.ordinal ?? null)}
          />
          <RoutingHelp isOpen={routing.versions.length === 0} />
        </div>
      </Section>
      {workspace && (
        <Section
          id="test"
          title="Try a channel"
          note="Whether Countersign may post there, before a request waits for it."
        >
          <TestMessage />
        </Section>
      )}
      {routing.versions.length > 0 && (
        <Section
          id="versions"
          title="Versions"
          note="Newest first; the newest counts. A version never changes."
        >
          <RoutingVersions versions={routing.versions} clock={clock} />
        </Section>
      )}
    </>
  )
}

function LinkedLine({ slack }: { slack: SlackSetupView }) {
  const { linkedCount, peopleCount } = slack
  if (linkedCount === peopleCount) {
    return <>Everybody here has a Slack user: {counted(peopleCount, 'person', 'people')}.</>
  }
  return (
    <>
      {countText(linkedCount)} of {counted(peopleCount, 'person', 'people')} here{' '}
      {linkedCount === 1 ? 'has' : 'have'} a Slack user.{' '}
      <a href="/people?view=unlinked">See who has none</a>
    </>
  )
}
