import type { Clock } from '#lib/wire/clock'
import type { PolicyProposalView, PolicyVersionRowView, PolicyView } from '#lib/wire/views/policy'
import { EmptyState } from '../../_ui/empty-state'
import { Facts } from '../../_ui/facts'
import { Fold } from '../../_ui/fold'
import { GapsNotice } from '../../_ui/gaps-notice'
import { countText } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { Time } from '../../_ui/time'
import { PolicySource, publisher, sourceLines } from './policy-source'
import { ProposePolicy } from './propose-policy'

/** The policy in force, as the document it is, and what is proposed in its place. */
export function PolicyPage({
  policy,
  gaps,
  clock,
}: {
  policy: PolicyView | null
  /** What it asks for and nobody could give as the groups are now. */
  gaps: readonly string[]
  clock: Clock
}) {
  if (!policy) {
    return (
      <>
        <PageHead title="Policy" />
        <EmptyState title="No policy is published" tone="open">
          <p>Every request is held until there is one. Nothing runs without it.</p>
        </EmptyState>
      </>
    )
  }
  const { version, source, digest, publishedAt, publishedByName, ways, proposals } = policy
  return (
    <>
      <PageHead title="Policy">What may run, and who has to say so first.</PageHead>
      <GapsNotice gaps={gaps} />
      <Section
        id="in-force"
        title="In force"
        note="Requests keep the version they were sent under; the stricter of the two applies."
        isFirst
      >
        <Facts
          isAcross
          facts={[
            { label: 'Version', value: <code>{version}</code> },
            { label: 'Published', value: <Time at={publishedAt} form="full" clock={clock} /> },
            { label: 'By', value: publisher(publishedByName) },
          ]}
        />
      </Section>
      {proposals.length > 0 && (
        <Section
          id="proposals"
          title="Proposed"
          note="In force once an admin who did not propose it approves."
        >
          <Proposals proposals={proposals} clock={clock} />
        </Section>
      )}
      <Section
        id="source"
        title="The document"
        note={`${countText(sourceLines(source).length)} lines. The digest is of exactly this text.`}
      >
        <PolicySource source={source} digest={digest} />
      </Section>
      {ways && (
        <Section
          id="propose"
          title="Propose a new version"
          note="Another admin approves exactly what you propose, line by line."
        >
          <Fold icon="pen" title="Write the next version">
            <ProposePolicy current={{ version, source }} ways={ways} />
          </Fold>
        </Section>
      )}
      <Section id="versions" title="Versions" note="Newest first. A version never changes.">
        <Versions versions={policy.versions} clock={clock} />
      </Section>
    </>
  )
}

function Proposals({
  proposals,
  clock,
}: {
  proposals: readonly PolicyProposalView[]
  clock: Clock
}) {
  return (
    <table className="table cards">
      <caption className="vh">Proposed versions</caption>
      <thead>
        <tr>
          <th scope="col">Proposed by</th>
          <th scope="col">When</th>
          <th scope="col">Ticket</th>
        </tr>
      </thead>
      <tbody>
        {proposals.map(({ requestId, byName, at, isOutdated }) => (
          <tr key={requestId}>
            <th scope="row">
              {byName}
              {isOutdated && (
                <span className="sub">Made from an older version: it will not be applied</span>
              )}
            </th>
            <td>
              <Time at={at} form="day" clock={clock} />
            </td>
            <td>
              <a href={`/tickets/${requestId}`}>
                See the ticket<span className="vh"> of {byName}</span>
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Versions({
  versions,
  clock,
}: {
  versions: readonly PolicyVersionRowView[]
  clock: Clock
}) {
  return (
    <table className="table cards">
      <caption className="vh">Published versions</caption>
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Published</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {versions.map(({ version, ordinal, publishedAt, publishedByName }) => (
          <tr key={version}>
            <th scope="row">
              <a href={`/policy/${ordinal}`}>
                <code>{version}</code>
              </a>
            </th>
            <td>
              <Time at={publishedAt} form="day_seconds" clock={clock} />
            </td>
            <td>{publisher(publishedByName)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
