import { type Clock, timeText } from '#lib/wire/clock'
import type { AccountView } from '#lib/wire/views/account'
import { type Fact, Facts } from '../../_ui/facts'
import { PageHead, Section } from '../../_ui/section'
import { Factors } from './factors'
import { FirstSteps } from './first-steps'
import { RecoveryCodes } from './recovery-codes'
import { Sessions } from './sessions'
import { SlackRow } from './slack-row'
import { Waiting } from './waiting'

/** One person's own page: who they are here, what waits for them, what proves their votes, where they are signed in. */
export function AccountPage({ account, clock }: { account: AccountView; clock: Clock }) {
  const { person, waiting, ways, sessions } = account
  return (
    <>
      <PageHead title="Your account">
        What your name is good for here, and what proves it is you.
      </PageHead>
      <Section id="who" title="Who you are" note="An admin changes this." isFirst isPrinted={false}>
        <Facts facts={factsOf(person, clock)} isAcross />
      </Section>
      <FirstSteps account={account} />
      {!account.isRecovery && <Waiting waiting={waiting} ways={ways} clock={clock} />}
      <Section
        id="factors"
        isPrinted={false}
        title="Factors"
        note="They prove that a vote is yours. A factor votes on tickets opened after it was confirmed."
      >
        <Factors account={account} clock={clock} />
      </Section>
      <Section
        id="recovery"
        title="Recovery codes"
        note="For the day a phone is lost. Each signs in once; none of them votes."
      >
        <RecoveryCodes recovery={account.recovery} ways={ways} person={person} clock={clock} />
      </Section>
      <SlackRow slack={account.slack} clock={clock} />
      <Section
        id="sessions"
        isPrinted={false}
        title="Sessions"
        note="Each ends after seven days, or a day unused. Ending one bites on its next click."
      >
        <Sessions sessions={sessions} clock={clock} />
      </Section>
    </>
  )
}

function factsOf({ name, email, roles, groups }: AccountView['person'], clock: Clock): Fact[] {
  return [
    { label: 'Name', value: name },
    { label: 'E-mail', value: email },
    { label: 'Roles', value: roles.length > 0 ? roles.join(', ') : 'None' },
    {
      label: 'Approver groups',
      value: groups.length > 0 ? groups.map((group) => groupText(group, clock)).join(', ') : 'None',
    },
  ]
}

function groupText(
  { label, endsAt }: AccountView['person']['groups'][number],
  clock: Clock,
): string {
  return endsAt === null ? label : `${label} until ${timeText(endsAt, 'day', clock)}`
}
