import type { Clock } from '#lib/wire/clock'
import type { QueuesView } from '#lib/wire/views/queues'
import { Notice } from '../../_ui/notice'
import { PageHead, Section } from '../../_ui/section'
import { DeadLetters } from './dead-letters'
import { Depths } from './depths'
import { Held } from './held'
import { Announcements, Endpoints, Silent, Stuck, WakeUps } from './lists'

/** What waits, what is stuck, and what nobody looks after. */
export function QueuesPage({ queues, clock }: { queues: QueuesView; clock: Clock }) {
  const { stuck, wakeUps, neverCollected, neverReported, endpoints, announcements } = queues
  return (
    <>
      <PageHead title="Queues">What waits, what is stuck, and what was given up.</PageHead>
      {queues.isClear && (
        <Notice tone="go" lead="All clear.">
          Nothing is stuck, silent, failed or given up.
        </Notice>
      )}
      <Section id="held" title="Held" note="Requests that wait for people, policy or time.">
        <Held held={queues.held} clock={clock} />
      </Section>
      <Section
        id="stuck"
        title="Stuck"
        note="Input that no worker has evaluated for half a minute, and wake-ups older than a minute."
      >
        <div className="stack">
          <Stuck list={stuck} clock={clock} />
          <WakeUps list={wakeUps} clock={clock} />
        </div>
      </Section>
      <Section id="silent" title="Silent runtimes" note="Told after a quarter of an hour.">
        <div className="stack">
          <Silent list={neverCollected} clock={clock} kind="never_collected" />
          <Silent list={neverReported} clock={clock} kind="never_reported" />
        </div>
      </Section>
      <Section
        id="jobs"
        title="Jobs"
        note="A job is a wake-up. One that used up its attempts is a dead letter, and is tried again by itself each minute."
      >
        {queues.jobs ? (
          <div className="stack">
            <Depths rows={queues.jobs.rows} />
            <DeadLetters letters={queues.jobs.deadLetters} clock={clock} />
          </div>
        ) : (
          <Notice tone="hold" isCompact lead="The queue cannot be asked right now.">
            Votes and tokens do not need it; evaluations and messages wait until it is back.
          </Notice>
        )}
      </Section>
      <Section id="given-up" title="Given up" note="What was to be told, and was not.">
        <div className="stack">
          <Endpoints list={endpoints} clock={clock} />
          <Announcements list={announcements} clock={clock} />
          <SlackMessages count={queues.slackCount} />
        </div>
      </Section>
    </>
  )
}

function SlackMessages({ count }: { count: number }) {
  if (count === 0) return <p>No message to Slack was given up.</p>
  return (
    <p>
      <a href="/deliveries?view=failed">
        {count === 1 ? 'One message' : `${count} messages`} to Slack
      </a>{' '}
      given up.
    </p>
  )
}
