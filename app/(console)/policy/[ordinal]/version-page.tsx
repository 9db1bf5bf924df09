import type { Clock } from '#lib/wire/clock'
import type { PolicyVersionView } from '#lib/wire/views/policy'
import { Facts } from '../../../_ui/facts'
import { Crumbs } from '../../../_ui/frame/console-frame'
import { countText } from '../../../_ui/number-words'
import { PageHead, Section } from '../../../_ui/section'
import { Time } from '../../../_ui/time'
import { PolicyDifference } from '../policy-difference'
import { PolicySource, publisher, sourceLines } from '../policy-source'

/** A version as it was written, and what the one after it changed. */
export function VersionPage({ policy, clock }: { policy: PolicyVersionView; clock: Clock }) {
  const { version, source, digest, publishedAt, publishedByName, isCurrent, next } = policy
  return (
    <>
      <div className="page-crumbs">
        <Crumbs trail={[{ href: '/policy', label: 'Policy' }]} here={<code>{version}</code>} />
      </div>
      <PageHead title={`Policy, version ${policy.ordinal}`}>
        {isCurrent
          ? 'The version in force.'
          : 'No longer in force. Requests that were sent under it are held to it still.'}
      </PageHead>
      <Section id="version" title="Version" isFirst>
        <Facts
          isAcross
          facts={[
            { label: 'Version', value: <code>{version}</code> },
            { label: 'Published', value: <Time at={publishedAt} form="full" clock={clock} /> },
            { label: 'By', value: publisher(publishedByName) },
          ]}
        />
      </Section>
      {next && (
        <Section
          id="next"
          title="What came next"
          note={<a href={`/policy/${next.ordinal}`}>See version {next.ordinal}</a>}
        >
          <PolicyDifference difference={next.difference} caption={`What ${next.version} changed`} />
        </Section>
      )}
      <Section
        id="source"
        title="The document"
        note={`${countText(sourceLines(source).length)} lines. The digest is of exactly this text.`}
      >
        <PolicySource source={source} digest={digest} />
      </Section>
    </>
  )
}
