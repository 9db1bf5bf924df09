import type { Part } from './read-schema'

/** A sentence of the document, what stands between backticks as code. */
export function Words({ text }: { text: string }) {
  // Every second piece stood between two of them. Pieces have no identity of their own.
  return text
    .split('`')
    .map((piece, at) => (at % 2 === 1 ? <code key={String(at)}>{piece}</code> : piece))
}

/** What a value may be: shapes lead to where they are told. */
export function Parts({ of }: { of: Part[] }) {
  return of.map((part, at) => {
    const key = String(at)
    if (typeof part === 'string') return part
    if ('shape' in part) {
      return (
        <a key={key} href={`#${shapeId(part.shape)}`}>
          <code>{part.shape}</code>
        </a>
      )
    }
    return <code key={key}>{part.value}</code>
  })
}

export function shapeId(name: string): string {
  return `shape-${name}`
}

export function problemId(code: string): string {
  return `problem-${code}`
}
