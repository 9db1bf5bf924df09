import { FEWEST_EVIDENCE_DAYS, MOST_EVIDENCE_DAYS } from '#lib/wire/change'
import type { Clock } from '#lib/wire/clock'
import type { SettingsView } from '#lib/wire/views/settings'
import { Facts } from '../../_ui/facts'
import { counted } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { Time } from '../../_ui/time'
import { Calendars } from './calendars'
import { Health } from './health'
import { Keys } from './keys'
import { Retention } from './retention'

/** What this installation is set to, and how its parts are. */
export function SettingsPage({ settings, clock }: { settings: SettingsView; clock: Clock }) {
  const { evidenceDays, dueCount, mostDue, ways } = settings
  const due = `${dueCount < mostDue ? '' : 'at least '}${counted(dueCount, 'item')}`
  return (
    <>
      <PageHead title="Settings">
        What this installation is set to, and how its parts are doing.
      </PageHead>
      <Section id="health" title="Health" note="As this process sees it now." isFirst>
        <Health health={settings.health} clock={clock} />
      </Section>
      <Section
        id="organisation"
        title="Organisation"
        note="Set when the installation was made. The address is in every digest, link and passkey, so it cannot be changed here."
      >
        <Organisation settings={settings} clock={clock} />
      </Section>
      <Section
        id="keys"
        title="Signing keys"
        note="What runtimes and verifiers trust. Private parts rest encrypted and are never shown."
      >
        <div className="stack">
          {settings.keys.map((keys) => (
            <Keys key={keys.purpose} keys={keys} ways={ways} clock={clock} />
          ))}
        </div>
      </Section>
      <Section
        id="retention"
        title="Evidence"
        note="What evidence says, and its files. Hashes, votes and the audit trail are kept for ever."
      >
        <div className="stack">
          <p>
            {evidenceDays === null
              ? 'Kept for ever, unless an item is erased by hand.'
              : `Kept for ${evidenceDays} days after its request ended. ${due} past that, erased within hours.`}
          </p>
          <Retention
            key={evidenceDays ?? 'ever'}
            days={evidenceDays}
            fewest={FEWEST_EVIDENCE_DAYS}
            most={MOST_EVIDENCE_DAYS}
            ways={ways}
          />
        </div>
      </Section>
      <Section id="calendars" title="Calendars" note="They are part of the policy, and live.">
        <Calendars
          calendars={settings.calendars}
          policyVersion={settings.policyVersion}
          clock={clock}
        />
      </Section>
      <Section id="notifications" title="Notifications" note="Where held requests are told.">
        <Notifications settings={settings} clock={clock} />
      </Section>
    </>
  )
}

function Organisation({ settings, clock }: { settings: SettingsView; clock: Clock }) {
  const { organisation, publicUrl, dualControlAt } = settings
  return (
    <Facts
      facts={[
        { label: 'Name', value: organisation },
        { label: 'Address (PUBLIC_URL)', value: <code>{publicUrl}</code> },
        {
          label: 'Dual control',
          value: dualControlAt ? (
            <>
              On since <Time at={dualControlAt} form="full" clock={clock} />
            </>
          ) : (
            'Off'
          ),
          sub: dualControlAt
            ? 'Changes of who may do what take a second admin.'
            : 'It begins with the second admin who has a confirmed factor. Until then each record says that it was off.',
        },
      ]}
    />
  )
}

function Notifications({
  settings: { routing, mail },
  clock,
}: {
  settings: SettingsView
  clock: Clock
}) {
  return (
    <Facts
      facts={[
        {
          label: 'Slack',
          value: routing ? (
            <>
              Routing {routing.ordinal}, of{' '}
              <Time at={routing.publishedAt} form="day" clock={clock} />
            </>
          ) : (
            'No routing is saved'
          ),
          sub: <a href="/slack#routing">Which channel hears of what</a>,
        },
        {
          label: 'Mail',
          value: mail ? `Sent from ${mail.from}` : 'No mail is sent',
          sub: mail ? 'Sign-in links.' : 'Sign-in links are made by an admin.',
        },
      ]}
    />
  )
}
