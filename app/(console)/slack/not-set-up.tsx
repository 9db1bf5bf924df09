import { Ordered } from '../../_ui/list'
import { Notice } from '../../_ui/notice'
import { PageHead, Section } from '../../_ui/section'

/** Where nothing of Slack is set: what it is good for, and the steps. */
export function NotSetUp({ publicUrl }: { publicUrl: string }) {
  return (
    <>
      <PageHead title="Slack">
        Approvers are told where they already are, and can vote from there.
      </PageHead>
      <div className="slack-notices">
        <Notice tone="plain" isCompact lead="Slack is not set up here.">
          Held requests are shown in the inbox alone, and voting there works without it.
        </Notice>
      </div>
      <Section
        id="steps"
        title="To set it up"
        note="docs/slack.md tells each step in full."
        isFirst
      >
        <Ordered className="how-to">
          <li>
            Print the app’s manifest, with this installation’s address in it, and make an app of it
            at api.slack.com/apps:
            <pre className="bytes">PUBLIC_URL={publicUrl} npm run slack:manifest</pre>
          </li>
          <li>
            Give Countersign what Slack shows of the app, and start it again:
            <pre className="bytes">
              {'SLACK_APP_ID=A…\nSLACK_SIGNING_SECRET=…\nSLACK_CLIENT_ID=…\nSLACK_CLIENT_SECRET=…'}
            </pre>
          </li>
          <li>Come back to this page: it installs the app, and takes the channels.</li>
        </Ordered>
      </Section>
    </>
  )
}
