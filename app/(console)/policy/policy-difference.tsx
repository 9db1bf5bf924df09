import type { DifferenceView } from '#lib/wire/views/history'
import { Diff } from '../../_ui/diff'
import { counted } from '../../_ui/number-words'

/** What differs between two versions. */
export function PolicyDifference({
  difference,
  caption,
}: {
  difference: DifferenceView
  caption: string
}) {
  if (difference.kind === 'none') return <p>Nothing differs.</p>
  if (difference.kind === 'unknown') return <p>{difference.why}</p>
  const { rows, leftOutCount } = difference
  return (
    <div className="stack">
      <Diff rows={rows} caption={caption} />
      {leftOutCount > 0 && (
        <p className="soft">{counted(leftOutCount, 'more line')} differ. Compare the texts.</p>
      )}
    </div>
  )
}
