import { HoldLine } from '../../_ui/hold-line'
import { Mark } from '../../_ui/mark'
import { Section } from '../../_ui/section'
import type { HoldTone } from '../../_ui/states'

const holdLines: [HoldTone, string][] = [
  ['open', 'Held: solid faces the request'],
  ['clear', 'Released: all dashed, may be crossed'],
  ['shut', 'Rejected or denied: all solid'],
  ['past', 'Expired, cancelled, superseded: held, without colour'],
]

const colours = [
  ...['paper', 'paper-2', 'paper-3', 'ink-3', 'ink-2', 'ink'],
  ...['hand', 'hand-wash', 'hold-mark', 'hold-wash', 'go-mark', 'go-wash'],
  ...['stop-mark', 'stop-wash', 'none-mark', 'edge', 'rule-2', 'rule'],
]

/** Mark, colour, type. */
export function MaterialParts() {
  return (
    <>
      <Section
        id="mark"
        title="Mark and hold line"
        isFirst
        note="The runway hold-short line: two solid, two dashed. You stop on the solid side until you are cleared."
      >
        <div className="gl">
          <div className="logo">
            <Mark />
            <span className="brand">
              <Mark />
              Countersign
            </span>
          </div>
          <div className="hold-lines">
            {holdLines.map(([tone, says]) => (
              <div key={tone}>
                <HoldLine tone={tone} />
                <p className="small soft">{says}</p>
              </div>
            ))}
          </div>
        </div>
      </Section>
      <Section id="colour" title="Colour" note="Blue signs. Amber, green and red only report.">
        <div className="swatches small">
          {colours.map((name) => (
            <div key={name}>
              <span className={`sw-${name}`} />
              {name}
            </div>
          ))}
        </div>
      </Section>
      <Voices />
    </>
  )
}

const voices = [
  ['40 / 46, serif', 'act t-act', 'Pay EUR 48,200.00'],
  ['22 / 30, serif', 't-held', 'Held because no release manager has approved it'],
  ['26 / 32, italic', 't-hand', 'Tomás Rey'],
  ['14 / 20, sans', '', 'Approval by one release manager, in the console or in Slack'],
  ['13 / 20, sans', 'small soft', 'Not Jonas Weber, who is behind the request'],
] as const

function Voices() {
  return (
    <Section
      id="type"
      title="Three voices"
      note="Serif is what is asked and why it is held. Sans is Countersign. Mono is bytes."
    >
      <div>
        {voices.map(([size, look, text]) => (
          <div key={size} className="type-row">
            <span className="small quiet">{size}</span>
            <span className={look}>{text}</span>
          </div>
        ))}
        <div className="type-row">
          <span className="small quiet">13 / 20, mono</span>
          <code>"allowed_change_window: business_hours"</code>
        </div>
      </div>
    </Section>
  )
}
