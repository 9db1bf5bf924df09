'use client'

import { useEffect, useState } from 'react'
import type { SlackLinkAskedView } from '#lib/wire/views/people'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { Button, ButtonLink } from '../../_ui/button'
import { Facts } from '../../_ui/facts'
import { Notice } from '../../_ui/notice'
import { Sent } from '../../_ui/sent'
import { link, readSlackLink } from './actions'
import { forgetSecret, useSecret } from './use-secret'

interface Fault {
  lead: string
  text: string
}
type Standing =
  | { kind: 'reading' }
  | { kind: 'asked'; asked: SlackLinkAskedView }
  | { kind: 'linked'; userName: string }
  | { kind: 'refused'; fault: Fault }

const UNREACHABLE: Fault = {
  lead: 'Countersign cannot be reached.',
  text: 'Check the connection, load this page again and repeat it.',
}
const NO_SECRET: Fault = {
  lead: 'This address is not whole.',
  text: 'Open it from Slack again, or type /countersign link there for a new one.',
}

/** Reads which Slack user it is, and links it when asked to and proved: never by itself. */
export function LinkSlack({
  signedInName,
}: {
  /** Whom it will be linked to; null: they have to sign in first. */
  signedInName: string | null
}) {
  const secret = useSecret()
  const [standing, setStanding] = useState<Standing>({ kind: 'reading' })
  const isSignedIn = signedInName !== null

  useEffect(() => {
    if (secret === null || !isSignedIn) return
    let isCurrent = true
    void read(secret).then((read) => isCurrent && setStanding(read))
    return () => {
      isCurrent = false
    }
  }, [secret, isSignedIn])

  if (!isSignedIn) return <SignInFirst isWhole={secret !== ''} />
  switch (standing.kind) {
    case 'refused':
      return <Refused fault={standing.fault} />
    case 'linked':
      return <Linked userName={standing.userName} personName={signedInName} />
    case 'reading':
      return (
        <div className="door-ways">
          <Button size="large" isWide icon="reload" disabled>
            Reading the address
          </Button>
          <NeedsScript />
        </div>
      )
    case 'asked':
      return (
        <div className="door-ways">
          <Asked asked={standing.asked} personName={signedInName} />
          <LinkForm
            secret={secret ?? ''}
            asked={standing.asked}
            personName={signedInName}
            onLinked={() => setStanding({ kind: 'linked', userName: standing.asked.userName })}
          />
        </div>
      )
  }
}

/** A factor proves it, bound to this very Slack user: a session that somebody else holds links nobody. */
function LinkForm({
  secret,
  asked,
  personName,
  onLinked,
}: {
  secret: string
  asked: SlackLinkAskedView
  personName: string
  onLinked: () => void
}) {
  const proved = useProved({ action: 'link_slack', user: asked.user }, async (proof) => {
    const told = await link({ secret, proof })
    if (told?.ok) {
      forgetSecret()
      onLinked()
    }
    return told
  })
  return <ProveForm id="link" verb={`Link it to ${personName}`} ways={asked.ways} proved={proved} />
}

function Asked({ asked, personName }: { asked: SlackLinkAskedView; personName: string }) {
  return (
    <>
      <Facts
        facts={[
          {
            label: 'Slack user',
            value: <Sent text={asked.userName} />,
            sub: (
              <>
                <code>{asked.userId}</code> in {asked.workspace}
              </>
            ),
          },
          { label: 'Linked to', value: personName, sub: 'Who is signed in at this browser' },
        ]}
      />
      <Notice tone="hold" isStacked lead="Only if you asked for this in Slack yourself.">
        Did somebody send you the address? Then close this page: their Slack user would act in your
        name.
      </Notice>
    </>
  )
}

function SignInFirst({ isWhole }: { isWhole: boolean }) {
  return (
    <div className="door-ways">
      {isWhole ? (
        <>
          <p>Sign in first, so that it is clear who you are. You come back to this page.</p>
          <ButtonLink size="large" isWide icon="go" href="/sign-in?from=%2Fslack%2Flink">
            Sign in
          </ButtonLink>
          <p className="after-seal">
            Sign in within ten minutes, in this tab. A one-time link from elsewhere opens another
            tab: then open the address from Slack again.
          </p>
        </>
      ) : (
        <Notice tone="stop" role="alert" isStacked lead={NO_SECRET.lead}>
          {NO_SECRET.text}
        </Notice>
      )}
      <NeedsScript />
    </div>
  )
}

function Linked({ userName, personName }: { userName: string; personName: string }) {
  return (
    <div className="door-ways">
      <Notice tone="go" role="status" isStacked lead="Linked.">
        <Sent text={userName} /> is {personName} from now on. Go back to Slack: what waits for you
        there can be voted on. A vote still takes your passkey or code.
      </Notice>
      <p className="acts">
        <ButtonLink href="/account#slack">Your account</ButtonLink>
        <ButtonLink href="/inbox">Inbox</ButtonLink>
      </p>
    </div>
  )
}

function Refused({ fault }: { fault: Fault }) {
  return (
    <div className="door-ways">
      <Notice tone="stop" role="alert" isStacked lead={fault.lead}>
        {fault.text}
      </Notice>
      <p className="acts">
        <ButtonLink href="/account#slack">Your account</ButtonLink>
      </p>
    </div>
  )
}

function NeedsScript() {
  return (
    <noscript>
      <Notice tone="stop" lead="Linking needs JavaScript.">
        The address keeps its secret in a part that only a script can read.
      </Notice>
    </noscript>
  )
}

async function read(secret: string): Promise<Standing> {
  if (secret === '') return { kind: 'refused', fault: NO_SECRET }
  const answer = await readSlackLink(secret).catch(() => null)
  if (answer?.ok) return { kind: 'asked', asked: answer.value }
  return { kind: 'refused', fault: faultOf(answer) }
}

function faultOf(answer: { ok: false; title: string; text: string } | null): Fault {
  return answer ? { lead: `${answer.title}.`, text: answer.text } : UNREACHABLE
}
