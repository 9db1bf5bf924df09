import { type Clock, spanText, timeText } from '#lib/wire/clock'
import type { WebhookAttemptView } from '#lib/wire/views/webhooks'
import { Fold } from '../../../../_ui/fold'
import { Sent } from '../../../../_ui/sent'
import { isDelivered, metLong, metShort } from '../../words'

const CAUSE: Record<WebhookAttemptView['cause'], string> = {
  schedule: '',
  replay: ', replayed',
  test: ', a test',
}

/** One try. What the receiver answered is its own text: shown as it came, with what hides made visible. */
export function Attempt({
  attempt,
  isOpen,
  clock,
}: {
  attempt: WebhookAttemptView
  isOpen: boolean
  clock: Clock
}) {
  const { at, cause, url, requestHeaders, requestBody, response, latencyMs } = attempt
  const isGood = isDelivered(attempt)
  return (
    <Fold
      icon={isGood ? 'check' : 'cross'}
      isStop={!isGood}
      isOpen={isOpen}
      title={
        <span>
          {metShort(attempt)} after {spanText(latencyMs)}, {timeText(at, 'day_seconds', clock)}
          {CAUSE[cause]}
        </span>
      }
    >
      <div className="stack attempt">
        <p>{metLong(attempt)}</p>
        <h3>Sent to</h3>
        <p>
          <code className="address">
            <Sent text={url} />
          </code>
        </p>
        <h3>Request headers</h3>
        <Headers headers={requestHeaders} />
        <h3>Request body</h3>
        <Raw text={requestBody} />
        {response && (
          <>
            <h3>Response headers</h3>
            <Headers headers={response.headers} />
            <h3>Response body</h3>
            <Raw text={response.body} />
          </>
        )}
      </div>
    </Fold>
  )
}

function Headers({ headers }: { headers: WebhookAttemptView['requestHeaders'] }) {
  return <Raw text={headers.map(([name, value]) => `${name}: ${value}`).join('\n')} />
}

function Raw({ text }: { text: string }) {
  if (text === '') return <p className="soft">Nothing</p>
  return (
    <pre className="bytes">
      <Sent text={text} />
    </pre>
  )
}
