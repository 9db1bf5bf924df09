/** Rows keep the height of inbox rows, so that nothing jumps. */
export function Skeleton({ rowCount, label }: { rowCount: number; label: string }) {
  return (
    <div aria-busy="true" aria-label={label} role="status">
      {Array.from({ length: rowCount }, (_, at) => (
        <div key={`row-${String(at)}`} className="skel-row">
          <span className="skel" />
          <span className="skel" />
        </div>
      ))}
    </div>
  )
}
