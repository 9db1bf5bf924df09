import { reveal } from './reveal'

/** What a caller sent, with anything that hides or deceives as a visible escape. The parent gives the face: serif or mono, never the sans. */
export function Sent({ text }: { text: string }) {
  const runs = reveal(text)
  const [only] = runs
  if (runs.length === 1 && only && !only.isEscape) return only.text
  let at = 0
  return runs.map((run) => {
    const key = at
    at += run.text.length
    if (!run.isEscape) return <span key={key}>{run.text}</span>
    return (
      <span key={key} className="esc">
        {run.text}
      </span>
    )
  })
}

/** A value in running text that nobody but the caller vouches for. */
export function Claim({ text }: { text: string }) {
  return (
    <span className="claim tool">
      <Sent text={text} />
    </span>
  )
}

/** The name of a tool, in the caller's bytes. */
export function Tool({ name }: { name: string }) {
  return (
    <span className="tool">
      <Sent text={name} />
    </span>
  )
}
