import { DigestLine } from '../../_ui/digest'

/** A policy as it was written, and what it hashes to. */
export function PolicySource({ source, digest }: { source: string; digest: string }) {
  return (
    <div>
      <DigestLine digest={digest} />
      {/* biome-ignore lint/a11y/useSemanticElements: lines of one text, not form fields */}
      <div className="bytes lines source" role="group" aria-label="The policy, as written">
        {sourceLines(source).map((line, at) => (
          <code key={String(at)} className={line.trimStart().startsWith('#') ? 'b k' : 'b'}>
            {line === '' ? ' ' : line}
          </code>
        ))}
      </div>
    </div>
  )
}

export function sourceLines(source: string): string[] {
  return source.replace(/\n$/, '').split('\n')
}

export function publisher(name: string | null): string {
  return name ?? 'The installation itself'
}
