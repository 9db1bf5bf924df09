import type { ChecklistItemView } from '#lib/wire/views/ticket'
import type { GrantView, SignatureView } from '#lib/wire/views/vote'
import { DigestWords } from '../../_ui/digest'
import { Section } from '../../_ui/section'
import { Checklist } from '../../_ui/ticket/checklist'
import { GrantSteps } from '../../_ui/ticket/grant'
import { Signatures } from '../../_ui/vote/signatures'
import { releasedClock } from './sample-frame'
import { collectedGrant, readyGrant, redeemedGrant } from './sample-released'

const words = ['tray', 'search', 'lemon', 'custom', 'grape', 'organ'] as const
const vote = {
  choice: 'approve',
  roleLabel: 'Finance',
  method: 'passkey',
  channel: 'console',
  words,
} as const

const signatures: SignatureView[] = [
  {
    ...vote,
    kind: 'signed',
    id: 'vot_1',
    name: 'Ines Carvalho',
    at: '2026-03-16T11:42:20+01:00',
    note: [],
  },
  { kind: 'empty', roleLabel: 'Finance', note: ['Daniel Okafor or Łukasz Żak can'] },
  {
    ...vote,
    kind: 'void',
    id: 'vot_2',
    name: 'Łukasz Żak',
    at: '2026-03-16T11:40:02+01:00',
    note: ['the amount changed after it was signed'],
  },
]

const item = { canGive: false, neededCount: 1, givenCount: 0, opensAt: null, evidenceType: null }

const checklist: ChecklistItemView[] = [
  {
    ...item,
    id: 'finance',
    kind: 'approval',
    state: 'missing',
    title: 'Two finance approvals',
    detail: ['One given, one to go. Different people.'],
    from: [['Daniel Okafor or Łukasz Żak']],
    neededCount: 2,
    givenCount: 1,
  },
  {
    ...item,
    id: 'backup',
    kind: 'evidence',
    state: 'met',
    title: 'Backup',
    detail: ['Taken 04:00, restore tried'],
    from: [['Henrik Solberg, 09:12:40']],
  },
  {
    ...item,
    id: 'window',
    kind: 'change_window',
    state: 'opens',
    title: 'Change window, nights',
    detail: ['22:00 to 05:00, Europe/Berlin'],
    from: [['Nobody. It opens by itself.']],
    opensAt: '2026-03-16T22:00:00+01:00',
  },
  {
    ...item,
    id: 'impact',
    kind: 'evidence',
    state: 'withdrawn',
    title: 'Impact analysis',
    detail: ['Withdrawn by its author at 10:31'],
    from: [['Any person at Osterby']],
  },
]

const quiet = { readyNote: [], checks: [] }
const grants: GrantView[] = [
  {
    ...redeemedGrant,
    ...quiet,
    state: 'reported',
    reported: { at: '2026-03-16T11:38:52.770+01:00', outcome: 'succeeded', detail: null },
  },
  {
    ...readyGrant,
    ...quiet,
    state: 'lapsed',
    ended: {
      at: '2026-03-16T15:31:09.412+01:00',
      reason: ['Nobody collected it by 15:31:09. Nothing ran.'],
    },
  },
  {
    ...collectedGrant,
    ...quiet,
    state: 'burnt',
    ended: {
      at: '2026-03-16T11:31:11.020+01:00',
      reason: [{ kind: 'code', text: 'precondition_failed' }, '. Nothing ran.'],
    },
  },
]

/** Words, signatures, checklist, grant. */
export function ApprovalParts() {
  return (
    <>
      <Section
        id="words"
        title="Digest words"
        note="Six words of the review digest, equal wherever the review is shown."
      >
        <div className="two">
          <DigestWords words={['ribbon', 'pole', 'term', 'option', 'mule', 'canoe']} />
          <DigestWords words={words} isBig label="Digest words, to sign" />
        </div>
      </Section>
      <Section
        id="signatures"
        title="Signatures"
        note="A name in blue is a hand. It writes itself once, in 420 ms."
      >
        <Signatures lines={signatures} clock={releasedClock} freshVoteId="vot_1" />
      </Section>
      <Section id="checklist" title="Checklist">
        <Checklist items={checklist} clock={releasedClock} />
      </Section>
      <Section id="grant" title="Grant">
        <div className="stages">
          {grants.map((grant) => (
            <div key={grant.state}>
              <GrantSteps grant={grant} runtimeName="deploy-runner" clock={releasedClock} />
            </div>
          ))}
        </div>
      </Section>
    </>
  )
}
