'use client'

import { type Clock, timeText } from '#lib/wire/clock'
import type { RetryForm } from '#lib/wire/queues'
import type { DeadLetterView } from '#lib/wire/views/queues'
import { ToldNotice } from '../../_client/told-notice'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { counted } from '../../_ui/number-words'
import { retry } from './actions'

/** Jobs that used up their attempts, each with another try; what came of one is told above them. */
export function DeadLetters({
  letters,
  clock,
}: {
  letters: readonly DeadLetterView[]
  clock: Clock
}) {
  const [told, run, isBusy] = useTold<RetryForm>(retry)
  return (
    <>
      {!isBusy && <ToldNotice told={told} />}
      {letters.length === 0 ? (
        <p>No job failed for good.</p>
      ) : (
        <>
          <form className="oversight-acts" action={() => run({ which: 'all' })}>
            <Button type="submit" size="small" isBusy={isBusy}>
              Try all again
            </Button>
            <span className="soft">{counted(letters.length, 'dead letter')} shown</span>
          </form>
          <table className="table cards queues">
            <caption className="vh">Dead letters, newest first</caption>
            <thead>
              <tr>
                <th scope="col">Job</th>
                <th scope="col">Why</th>
                <th scope="col">Failed</th>
                <th scope="col" className="r">
                  <span className="vh">Try again</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {letters.map((letter) => (
                <LetterRow
                  key={`${letter.queue} ${letter.id}`}
                  letter={letter}
                  clock={clock}
                  onRetry={run}
                />
              ))}
            </tbody>
          </table>
        </>
      )}
    </>
  )
}

function LetterRow({
  letter: { queue, id, requestId, attempts, reason, failedAt },
  clock,
  onRetry,
}: {
  letter: DeadLetterView
  clock: Clock
  onRetry: (form: RetryForm) => void
}) {
  const form = { which: 'one', queue, id } as const
  return (
    <tr>
      <th scope="row">
        <code>{id}</code>
        <span className="sub">
          {queue}
          {requestId && (
            <>
              , <a href={`/tickets/${requestId}`}>the ticket</a>
            </>
          )}
        </span>
      </th>
      <td>
        {reason}
        <span className="sub">{counted(attempts, 'attempt')}</span>
      </td>
      <td>{timeText(failedAt, 'day_seconds', clock)}</td>
      <td className="r">
        <form action={() => onRetry(form)}>
          <Button type="submit" size="small">
            Try again<span className="vh"> {id}</span>
          </Button>
        </form>
      </td>
    </tr>
  )
}
