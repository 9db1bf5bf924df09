import { Unordered } from './list'
import { Notice } from './notice'

/** What policy asks for and nobody could give as the groups are now. */
export function GapsNotice({ gaps }: { gaps: readonly string[] }) {
  if (gaps.length === 0) return null
  return (
    <div className="stack">
      <Notice tone="hold" isCompact lead="Policy asks for more people than the groups have.">
        What is asked for under these stays held, and nothing of it runs.
      </Notice>
      <Unordered>
        {gaps.map((gap) => (
          <li key={gap}>{gap}</li>
        ))}
      </Unordered>
    </div>
  )
}
