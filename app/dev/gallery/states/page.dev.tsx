import type { Metadata } from 'next'
import { ConsoleFrame } from '../../../_ui/frame/console-frame'
import { PageHead, Section } from '../../../_ui/section'
import { navItems, page } from '../sample-frame'
import { Down } from './down'
import { Ended } from './ended'
import { NothingToShow } from './nothing-to-show'
import { Signing } from './signing'

export const metadata: Metadata = { title: 'Empty and error states' }

export default function StatesSample() {
  return (
    <ConsoleFrame page={page} items={navItems} current={null}>
      <PageHead title="Empty and error states">
        Each says what happened, whether anything ran, and what to do next.
      </PageHead>
      <Section id="nothing" title="Nothing to show" isFirst>
        <NothingToShow />
      </Section>
      <Section
        id="signing"
        title="While signing"
        note="No vote is lost, and no vote is counted for something you did not see."
      >
        <Signing />
      </Section>
      <Section
        id="ended"
        title="Requests that ended"
        note="A person’s no, a policy’s no, and nobody’s answer never read alike."
      >
        <Ended />
      </Section>
      <Section id="down" title="Something is down" note="Down means held. It never means allowed.">
        <Down />
      </Section>
    </ConsoleFrame>
  )
}
