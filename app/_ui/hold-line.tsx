import type { HoldTone } from './states'

/** How many of the four lines are solid, from the top. Solid faces what is held. */
const solidLines: Record<HoldTone, number> = { open: 2, clear: 0, shut: 4, past: 2 }

export function HoldLine({ tone }: { tone: HoldTone }) {
  return (
    <svg className={`holdline ${tone}`} aria-hidden="true">
      {[1, 6, 11, 16].map((y, at) => (
        <path key={y} d={`M0 ${y}h4000`} className={at < solidLines[tone] ? undefined : 'd'} />
      ))}
    </svg>
  )
}
