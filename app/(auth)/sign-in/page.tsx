import type { Metadata } from 'next'
import { redirect } from 'next/navigation'
import { getWeb } from '#lib/web'
import { localPathOf } from '../../_server/local-path'
import { sessionIdOfCookie } from '../../_server/session-cookie'
import { currentViewer } from '../../_server/viewer'
import { Icon } from '../../_ui/icon'
import { Notice } from '../../_ui/notice'
import { doorFault } from '../door-faults'
import { Sheet } from '../sheet'
import { MailWay } from './mail-way'
import { RecoveryWay } from './recovery-way'
import { SignInWays } from './sign-in-ways'

export const metadata: Metadata = { title: 'Sign in' }

type Query = Record<string, string | string[] | undefined>

export default async function Page({ searchParams }: { searchParams: Promise<Query> }) {
  const query = await searchParams
  const { runtime } = getWeb()
  // next-auth calls it callbackUrl, and makes it absolute.
  const from = localPathOf(query['from'] ?? query['callbackUrl'], runtime.config.publicUrl)
  if (await currentViewer()) redirect(from)
  return (
    <Sheet
      organisation={runtime.installation.name}
      title="Sign in"
      lead="What you sign carries your name."
    >
      <WhyHere query={query} hasEnded={(await sessionIdOfCookie(runtime)) !== null} />
      <SignInWays
        from={from}
        oidcName={runtime.config.oidc?.name ?? null}
        fault={typeof query['error'] === 'string' ? doorFault(query['error']) : null}
      />
      {runtime.mail && <MailWay />}
      <RecoveryWay />
      <section className="door-help" aria-labelledby="no-passkey">
        <h2 id="no-passkey">
          <Icon name="question" /> No passkey yet
        </h2>
        {runtime.mail ? (
          <p>
            Have a link mailed to you: it signs you in once, and then you add a passkey to your
            account. Whoever is not here yet is added by an admin.
          </p>
        ) : (
          <p>
            Ask an admin for a one-time link, or look at the console output of{' '}
            <code>npm start</code>. It signs you in once; then add a passkey to your account.
          </p>
        )}
      </section>
    </Sheet>
  )
}

/** Signed out on purpose, or by somebody else. */
function WhyHere({ query, hasEnded }: { query: Query; hasEnded: boolean }) {
  if (query['out'] === 'unsure') {
    return (
      <Notice tone="hold" role="status" isStacked lead="This browser is signed out.">
        Countersign could not reach its database to end the session there. It ends by itself within
        a day.
      </Notice>
    )
  }
  if (query['out']) {
    return (
      <Notice tone="go" role="status" isStacked lead="You are signed out.">
        Every vote you gave still stands.
      </Notice>
    )
  }
  if (!hasEnded) return null
  return (
    <Notice tone="hold" role="status" isStacked lead="You were signed out.">
      Your session ran out, or was ended from another place. Every vote you gave still stands.
    </Notice>
  )
}
