'use client'

import { type ReactNode, useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { AccountNoticesView } from '#lib/wire/views/account'
import { Modal } from '../_client/modal'
import { ToldNotice } from '../_client/told-notice'
import { useTold } from '../_client/use-told'
import { Button, ButtonLink } from '../_ui/button'
import { Icon } from '../_ui/icon'
import { know, wasNotMe } from './account/actions'

/** What happened to the account, until its person says that they know of it or that it was not them. */
export function AccountNews({
  news,
  moreCount,
  adminNames,
  clock,
}: Omit<AccountNoticesView, 'isRecovery' | 'confirmers'> & { clock: Clock }) {
  const ids = news.map(({ id }) => id)
  return (
    <News title="About your account" news={news} moreCount={moreCount} clock={clock}>
      <NotMe ids={ids} adminNames={adminNames} />
    </News>
  )
}

/** What a caller's owner has to look at, until they say that they know. Nobody did it, so there is nobody to disown. */
export function CallerNews({
  news,
  moreCount,
  clock,
}: Pick<AccountNoticesView, 'news' | 'moreCount'> & { clock: Clock }) {
  return <News title="About your callers" news={news} moreCount={moreCount} clock={clock} />
}

function News({
  title,
  news,
  moreCount,
  clock,
  children,
}: Pick<AccountNoticesView, 'news' | 'moreCount'> & {
  title: string
  clock: Clock
  /** What else one may say than that one knows. */
  children?: ReactNode
}) {
  const ids = news.map(({ id }) => id)
  const [told, run, isPending] = useTold(() => know({ ids }))
  return (
    <div className="notice account-news">
      <Icon name="info" />
      <div>
        <p>
          <strong>{title}</strong>
        </p>
        {news.map(({ id, text, at, aboutCaller }) => (
          <p key={id}>
            {text} <time dateTime={at}>{timeText(at, 'day', clock)}</time>{' '}
            {aboutCaller?.link && <a href={aboutCaller.link.path}>{aboutCaller.link.label}</a>}
          </p>
        ))}
        {moreCount > 0 && (
          <p className="soft">
            {moreCount} more from before {moreCount === 1 ? 'stands' : 'stand'} here once you know
            about these.
          </p>
        )}
        <div className="acts">
          <form action={() => run()}>
            <Button type="submit" size="small" isBusy={isPending}>
              I know about this
            </Button>
          </form>
          {children}
        </div>
        {!isPending && told?.ok === false && <ToldNotice told={told} />}
      </div>
    </div>
  )
}

/** One press more than knowing: it ends every session. What to do next stays on the page, which is of nobody from then on. */
function NotMe({ ids, adminNames }: { ids: string[]; adminNames: readonly string[] }) {
  const [isOpen, setOpen] = useState(false)
  const [told, run, isPending] = useTold(() => wasNotMe({ ids }))
  const isDone = told?.ok === true
  return (
    <>
      <Button kind="quiet" size="small" onClick={() => setOpen(true)}>
        This was not me
      </Button>
      <Modal
        id="not-me"
        title={isDone ? 'Your sessions have ended' : 'This was not you?'}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        footer={
          isDone ? (
            <ButtonLink href="/sign-in">To the sign-in page</ButtonLink>
          ) : (
            <>
              <Button onClick={() => setOpen(false)}>Look again</Button>
              <Button kind="reject" isBusy={isPending} onClick={() => run()}>
                End all sessions
              </Button>
            </>
          )
        }
      >
        {isDone ? (
          <p role="status">{told.text}</p>
        ) : (
          <>
            <p>
              This ends every session of yours, this one too, and tells{' '}
              {adminNames.length > 0 ? adminNames.join(', ') : 'the record'}. Votes stay as they
              are: withdraw one first if it is not yours.
            </p>
            <p>
              {adminNames.length > 0
                ? 'Then speak with one of them: they reset your factors, so that nothing a stranger added counts.'
                : 'Nobody else is an admin here. Whoever runs the installation can reset your factors.'}
            </p>
          </>
        )}
        {!isPending && told?.ok === false && <ToldNotice told={told} />}
      </Modal>
    </>
  )
}
