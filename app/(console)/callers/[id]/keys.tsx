'use client'

import { useState } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { CallerPageView, KeyView } from '#lib/wire/views/callers'
import { DeedDialog } from '../../../_client/deed-dialog'
import { SecretSheet } from '../../../_client/secret-sheet'
import { ChangedNotice } from '../../../_ui/changed-notice'
import { counted } from '../../../_ui/number-words'
import { type CallerChanged, changeCaller } from '../actions'
import { LastUsed } from '../callers-table'
import { KEY_WORDS } from '../words'
import { NewKey } from './new-key'

type Changed = Extract<CallerChanged, { ok: true }>

/** The keys of a caller. A new one's secret stands here once, until it is put away. */
export function Keys({ caller, clock }: { caller: CallerPageView; clock: Clock }) {
  const [changed, setChanged] = useState<Changed | null>(null)
  const { keys, hiddenKeyCount, isActive } = caller
  return (
    <div className="stack">
      {keys.length > 0 && <KeyTable keys={keys} clock={clock} onDone={setChanged} />}
      {hiddenKeyCount > 0 && (
        <p className="soft">{counted(hiddenKeyCount, 'older key')} not shown, all ended.</p>
      )}
      <p className="soft">
        One process may hold both kinds. Then nothing but that process stands between its agent and
        the action: keep them apart where an agent is not to be trusted with it.
      </p>
      {changed?.secret ? (
        <NewSecret changed={changed} secret={changed.secret} onDone={() => setChanged(null)} />
      ) : (
        <>
          {isActive && <NewKey caller={caller} clock={clock} onDone={setChanged} />}
          <ChangedNotice changed={changed} />
        </>
      )}
    </div>
  )
}

function NewSecret({
  changed: { requestId },
  secret,
  onDone,
}: {
  changed: Changed
  secret: string
  onDone: () => void
}) {
  return (
    <SecretSheet
      secret={secret}
      onDone={onDone}
      next={
        requestId !== null && (
          <a className="small" href={`/tickets/${requestId}`} target="_blank" rel="noreferrer">
            See the ticket
          </a>
        )
      }
    >
      {requestId === null
        ? 'The key works now. Put it where the process reads it.'
        : 'Put it where the process reads it. It works once another admin approved it.'}
    </SecretSheet>
  )
}

function KeyTable({
  keys,
  clock,
  onDone,
}: {
  keys: readonly KeyView[]
  clock: Clock
  onDone: (changed: Changed) => void
}) {
  return (
    <table className="table cards webhooks">
      <caption className="vh">Keys</caption>
      <thead>
        <tr>
          <th scope="col">Key</th>
          <th scope="col">May</th>
          <th scope="col">Made</th>
          <th scope="col">Ends</th>
          <th scope="col">Last used</th>
          <th scope="col">
            <span className="vh">Deeds</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id}>
            <th scope="row">
              {key.name}
              <span className="sub">
                <code>{key.hint}…</code>
              </span>
            </th>
            <td>
              {KEY_WORDS[key.kind].name}
              <span className="sub">
                {KEY_WORDS[key.kind].may}
                {key.kind === 'other' && ` ${key.scopes.join(', ') || 'nothing'}`}
              </span>
            </td>
            <td>
              <span className="card-label">Made </span>
              {timeText(key.madeAt, 'day', clock)}
              <span className="sub">by {key.madeByName}</span>
            </td>
            <td>
              <span className="card-label">Ends </span>
              <Ending value={key} clock={clock} />
            </td>
            <td>
              <span className="card-label">Last used </span>
              <LastUsed at={key.lastUsedAt} clock={clock} />
            </td>
            <td>{key.isLive && <Revoke value={key} onDone={onDone} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Ending({ value: { revokedAt, endsAt }, clock }: { value: KeyView; clock: Clock }) {
  if (revokedAt) return <span className="soft">Revoked {timeText(revokedAt, 'day', clock)}</span>
  if (!endsAt) return <span className="soft">When it is revoked</span>
  const isOver = Date.parse(endsAt) <= Date.parse(clock.now)
  return isOver ? (
    <span className="soft">Ended {timeText(endsAt, 'day', clock)}</span>
  ) : (
    timeText(endsAt, 'day', clock)
  )
}

function Revoke({ value, onDone }: { value: KeyView; onDone: (changed: Changed) => void }) {
  return (
    <DeedDialog
      id={`revoke-${value.id}`}
      kind="quiet"
      label="Revoke"
      labelEnd={value.name}
      title={`Revoke the key ${value.name}?`}
      keepLabel="Keep the key"
      reason={null}
      act={async () => {
        const done = await changeCaller({
          change: { kind: 'callers.revoke_key', key: value.id },
          proof: null,
        })
        if (done.ok) onDone(done)
        return done
      }}
    >
      Its next call is refused, wherever it is. It does not come back: make another key first where
      something still needs it.
    </DeedDialog>
  )
}
