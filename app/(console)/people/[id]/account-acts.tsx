'use client'

import { useState } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { ProofWays } from '#lib/wire/views/common'
import type { PersonPageView } from '#lib/wire/views/people'
import { type ChangeDone, ChangeToldNotice } from '../../../_client/change-told-notice'
import { ToldNotice } from '../../../_client/told-notice'
import { useTold } from '../../../_client/use-told'
import { Button } from '../../../_ui/button'
import { ResetFactors } from '../account-cell'
import { type LinkMade, makeLink } from '../actions'
import { ChangeDialog } from '../change-dialog'
import { LinkSheet } from '../link-sheet'

/** What an admin does to somebody's account. What came of it stands under the buttons. */
export function AccountActs({
  person,
  ways,
  clock,
}: {
  person: PersonPageView
  ways: ProofWays
  clock: Clock
}) {
  const { id, name, isActive, isViewer, roles, account } = person
  const [done, setDone] = useState<ChangeDone | null>(null)
  const [link, setLink] = useState<LinkMade | null>(null)
  const [told, make, isBusy] = useTold(async () => {
    const answer = await makeLink(id)
    if (!answer.ok) return answer
    setLink(answer.value)
    return null
  })
  return (
    <div className="stack">
      <div className="acts">
        {isActive && !isViewer && (
          <>
            <Button size="small" isBusy={isBusy} onClick={() => make()}>
              Make a sign-in link
            </Button>
            <ResetFactors id={id} name={name} ways={ways} onDone={setDone} />
          </>
        )}
        {account?.singleSignOn && (
          <ChangeDialog
            id="unlink-oidc"
            label="Unlink single sign-on"
            title={`Unlink ${name} from ${account.singleSignOn}?`}
            change={{ kind: 'people.unlink_oidc', person: id }}
            isLoosening
            ways={ways}
            onDone={setDone}
          >
            The sessions and groups that it gave end. The next account there with their address,
            verified, is linked instead: ask {name} whose that is.
          </ChangeDialog>
        )}
        {isActive ? (
          <ChangeDialog
            id="deactivate"
            label="Deactivate"
            labelEnd={name}
            kind="reject"
            title={`Deactivate ${name}?`}
            change={{ kind: 'people.deactivate', person: id }}
            isLoosening={roles.includes('admin')}
            isTaking
            ways={ways}
            onDone={setDone}
          >
            {roles.includes('admin')
              ? `${name} is an admin: where dual control is on, another admin approves it first. Then:`
              : 'This is done at once:'}
          </ChangeDialog>
        ) : (
          <ChangeDialog
            id="reactivate"
            label="Let them come back"
            title={`Let ${name} come back?`}
            change={{ kind: 'people.reactivate', person: id }}
            isLoosening
            ways={ways}
            onDone={setDone}
          >
            They have the roles, groups and factors from before. Sessions, links, keys and the Slack
            user do not come back.
          </ChangeDialog>
        )}
      </div>
      {!isBusy && <ToldNotice told={told} />}
      <ChangeToldNotice done={done} about={name} />
      {link && <LinkSheet link={link} name={name} clock={clock} onDone={() => setLink(null)} />}
    </div>
  )
}
