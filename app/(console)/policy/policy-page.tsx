import type { Clock } from '#lib/wire/clock'
import type { PolicyView } from '#lib/wire/views/policy'
import { DigestLine } from '../../_ui/digest'
import { EmptyState } from '../../_ui/empty-state'
import { Facts } from '../../_ui/facts'
import { GapsNotice } from '../../_ui/gaps-notice'
import { countText } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { Time } from '../../_ui/time'

/** The policy in force, as the document it is. */
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
  const lines = policy.source.replace(/\n$/, '').split('\n')
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
            { label: 'Version', value: <code>{policy.version}</code> },
            {
              label: 'Published',
              value: <Time at={policy.publishedAt} form="full" clock={clock} />,
            },
            { label: 'By', value: publisher(policy.publishedByName) },
          ]}
        />
      </Section>
      <Section
        id="source"
        title="The document"
        note={`${countText(lines.length)} lines. The digest is of exactly this text.`}
      >
        <div>
          <DigestLine digest={policy.digest} />
          {/* biome-ignore lint/a11y/useSemanticElements: lines of one text, not form fields */}
          <div className="bytes lines source" role="group" aria-label="The policy, as written">
            {lines.map((line, at) => (
              <code key={String(at)} className={line.trimStart().startsWith('#') ? 'b k' : 'b'}>
                {line === '' ? ' ' : line}
              </code>
            ))}
          </div>
        </div>
      </Section>
      <Section id="versions" title="Versions" note="Newest first. A version never changes.">
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
            {policy.versions.map((version) => (
              <tr key={version.version}>
                <th scope="row">
                  <code>{version.version}</code>
                </th>
                <td>
                  <Time at={version.publishedAt} form="day_seconds" clock={clock} />
                </td>
                <td>{publisher(version.publishedByName)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Section>
    </>
  )
}

function publisher(name: string | null): string {
  return name ?? 'The installation itself'
}
