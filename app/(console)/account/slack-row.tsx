'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { AccountView } from '#lib/wire/views/account'
import { DeedDialog } from '../../_client/deed-dialog'
import { ToldNotice } from '../../_client/told-notice'
import { Icon } from '../../_ui/icon'
import { Unordered } from '../../_ui/list'
import { Section } from '../../_ui/section'
import { Sent } from '../../_ui/sent'
import { unlinkMine } from './actions'

/** As whom this person acts in Slack, and how to begin or end that. Left out where Slack has nothing to say. */
export function SlackRow({ slack, clock }: { slack: AccountView['slack']; clock: Clock }) {
  const [done, setDone] = useState('')
  const { isOn, link } = slack
  if (!isOn && !link && !done) return null
  return (
    <Section
      id="slack"
      isPrinted={false}
      title="Slack"
      note="What your Slack user does there counts as done by you. A vote still takes a factor."
    >
      <div className="stack">
        {done && <ToldNotice told={{ ok: true, text: done }} />}
        {link ? (
          <Unordered className="factors">
            <li className="met">
              <Icon name="message" className="box" />
              <div className="what">
                <strong>
                  <Sent text={link.userName} />
                </strong>
                <span>
                  <code>{link.userId}</code> in {link.workspace}
                </span>
              </div>
              <div className="from">
                <span className="word">Linked</span>
                <span>Since {timeText(link.linkedAt, 'day', clock)}</span>
              </div>
              <div className="do">
                <DeedDialog
                  id="unlink-slack"
                  kind="quiet"
                  label="Unlink"
                  labelEnd="your Slack user"
                  title="Unlink your Slack user?"
                  keepLabel="Keep the link"
                  reason={null}
                  act={async () => {
                    const told = await unlinkMine()
                    if (told?.ok) setDone(told.text)
                    return told
                  }}
                >
                  Its next click is refused, and nobody is told there in your stead. Votes given by
                  it stand.
                </DeedDialog>
              </div>
            </li>
          </Unordered>
        ) : (
          <p className="soft">
            No Slack user is linked to you. Type <code>/countersign link</code> in Slack, and open
            the address it shows you alone.
          </p>
        )}
      </div>
    </Section>
  )
}
