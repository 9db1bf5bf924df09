import { accountNotices } from '#lib/queries/account/account-notices'
import { getWeb } from '#lib/web'
import type { Clock } from '#lib/wire/clock'
import { currentViewer } from '../_server/viewer'
import { Notice } from '../_ui/notice'
import { AccountNews, CallerNews } from './account-news'

/**
 * What a person has to know about their account, above whatever page they opened. Nothing on most days. In brief it leads
 * to where it is read: what is asked for and the button that signs stay on a phone's first screen.
 */
export async function AboutAccount({ clock, isBrief }: { clock: Clock; isBrief: boolean }) {
  const viewer = await currentViewer()
  if (!viewer) return null
  const { isRecovery, confirmers, news, moreCount, adminNames } = await accountNotices(
    getWeb().runtime,
    viewer,
  )
  if (!isRecovery && news.length === 0) return null
  const ofAccount = news.filter(({ aboutCaller }) => aboutCaller === null)
  const ofCallers = news.filter(({ aboutCaller }) => aboutCaller !== null)
  return (
    <aside className="about-account no-print" aria-label="About your account">
      <div className="wrap">
        {isRecovery && (
          <Notice
            tone="hold"
            isStacked
            lead="You signed in with a recovery code: add a factor."
            action={<a href="/account#factors">Add a factor</a>}
          >
            Here you can read, attach evidence and reject. Approving, and changing what is
            confirmed, takes a factor.{' '}
            {confirmers === ''
              ? 'What you add here, a second person has to confirm: ask an admin.'
              : `What you add here, ${confirmers} confirms.`}
          </Notice>
        )}
        {ofAccount.length > 0 && isBrief && (
          <Notice tone="plain" isCompact lead="Your account changed.">
            <a href="/account">Read what happened</a>
          </Notice>
        )}
        {ofCallers.length > 0 && isBrief && (
          <Notice tone="plain" isCompact lead="A caller of yours needs you.">
            <a href="/account">Read what happened</a>
          </Notice>
        )}
        {ofAccount.length > 0 && !isBrief && (
          <AccountNews
            news={ofAccount}
            moreCount={moreCount}
            adminNames={adminNames}
            clock={clock}
          />
        )}
        {ofCallers.length > 0 && !isBrief && (
          <CallerNews
            news={ofCallers}
            moreCount={ofAccount.length > 0 ? 0 : moreCount}
            clock={clock}
          />
        )}
      </div>
    </aside>
  )
}
