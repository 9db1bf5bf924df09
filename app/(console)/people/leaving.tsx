import type { LeavingView } from '#lib/wire/views/people'
import { Unordered } from '../../_ui/list'
import { cappedText, counted } from '../../_ui/number-words'

/** Exactly what ends with somebody, and what they leave behind. */
export function Leaving({ leaving }: { leaving: LeavingView }) {
  const { sessionCount, slackUser, keyCount, neededCount } = leaving
  return (
    <Unordered>
      <li>
        {sessionCount === 0
          ? 'They are signed in nowhere.'
          : `${counted(sessionCount, 'session ends', 'sessions end')} at once.`}
      </li>
      <li>
        {slackUser === null
          ? 'No Slack user is linked to them.'
          : `Their Slack user ${slackUser} is nobody here from then on.`}
      </li>
      <li>
        {keyCount === 0
          ? 'They made no key that still works.'
          : `${counted(keyCount, 'key that they made stops', 'keys that they made stop')} working.`}
      </li>
      <li>{callersText(leaving)}</li>
      <li>
        {neededCount === 0
          ? 'No open ticket waits for them.'
          : `${cappedText(neededCount)} open ${neededCount === 1 ? 'ticket loses' : 'tickets lose'} somebody who could approve.`}
      </li>
      <li>Their votes no longer count where nothing has run yet. What they did stays on record.</li>
    </Unordered>
  )
}

function callersText({ callers, callerCount }: LeavingView): string {
  if (callerCount === 0) return 'They own no caller.'
  const more = callerCount > callers.length ? ` and ${callerCount - callers.length} more` : ''
  return `${callers.join(', ')}${more} ${callerCount === 1 ? 'needs' : 'need'} a new owner: nobody would answer for what is asked.`
}
