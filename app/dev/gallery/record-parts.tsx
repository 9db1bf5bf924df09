import type { ParallelLineView, RecordEntryView } from '#lib/wire/views/ticket'
import { Diff } from '../../_ui/diff'
import { Section } from '../../_ui/section'
import { Skeleton } from '../../_ui/skeleton'
import { ContractBytes } from '../../_ui/ticket/contract'
import { Record } from '../../_ui/ticket/record'
import { releasedClock } from './sample-frame'

const entries: RecordEntryView[] = [
  {
    ordinal: 41_102,
    at: '2026-03-16T08:38:02.440+01:00',
    isHuman: false,
    signal: null,
    text: ['treasury-agent submitted the contract'],
    detail: null,
  },
  {
    ordinal: 41_103,
    at: '2026-03-16T08:38:02.452+01:00',
    isHuman: false,
    signal: 'hold',
    text: ['Policy decided DEFER and the ticket opened'],
    detail: null,
  },
  {
    ordinal: 41_240,
    at: '2026-03-16T11:42:20.019+01:00',
    isHuman: true,
    signal: null,
    text: ['Ines Carvalho approved with a passkey'],
    detail: ['First of two'],
  },
  {
    ordinal: 41_241,
    at: '2026-03-17T09:44:01.300+01:00',
    isHuman: true,
    signal: 'stop',
    text: ['Daniel Okafor rejected it'],
    detail: ['Wrong target: “That IBAN is not on file.”'],
  },
]

const payout: ParallelLineView[] = [
  {
    indent: 0,
    bytes: [
      { text: '"arguments":', isKey: true },
      { text: '{"payments.payout.create":{', isKey: false },
    ],
    reading: [],
  },
  {
    indent: 1,
    bytes: [
      { text: '"amount":', isKey: true },
      { text: '"48200.00",', isKey: false },
    ],
    reading: [],
  },
  {
    indent: 1,
    bytes: [
      { text: '"creditor":', isKey: true },
      { text: '"Kestrel Freight GmbH",', isKey: false },
    ],
    reading: [],
  },
  {
    indent: 1,
    bytes: [
      { text: '"currency":', isKey: true },
      { text: '"EUR",', isKey: false },
    ],
    reading: [],
  },
  {
    indent: 1,
    bytes: [
      { text: '"iban":', isKey: true },
      { text: '"DE02120300000000202051"}}', isKey: false },
    ],
    reading: [],
  },
]

const amount = { indent: 1, before: '"amount":"', changed: '', after: '200.00",' }

/** Record, bytes, diff, skeleton. */
export function RecordParts() {
  return (
    <>
      <Section
        id="timeline"
        title="Timeline"
        note="Hollow is a system, blue a person; a signal colour is a change of state."
      >
        <Record entries={entries} clock={releasedClock} />
      </Section>
      <Section id="diff" title="Code view and diff" note="Against the request it supersedes.">
        <div className="gl">
          <ContractBytes
            contract={{
              digest: 'sha-256:7a3d81c76b42e1b5fadfa0d282e3b4ab4baea1335080fdca3fec50df71936d9f',
              byteLength: 144,
              lines: payout,
              absent: [],
            }}
          />
          <Diff
            caption="Changed lines. Minus is the old request, plus the new one."
            rows={[
              {
                kind: 'line',
                side: 'same',
                indent: 0,
                before: '"arguments":{',
                changed: '',
                after: '',
              },
              { kind: 'line', side: 'old', ...amount, changed: '48' },
              { kind: 'line', side: 'new', ...amount, changed: '82' },
              { kind: 'gap', count: 12 },
            ]}
          />
        </div>
      </Section>
      <Section id="skeleton" title="Skeleton" note="Rows keep their height. Nothing jumps.">
        <Skeleton rowCount={3} label="Loading requests" />
      </Section>
    </>
  )
}
