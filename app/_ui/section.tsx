import type { ReactNode } from 'react'

/** A part of a document: a side head with a note, and the matter beside it. */
export function Section({
  id,
  title,
  note,
  isFirst = false,
  isPrinted = true,
  children,
}: {
  id: string
  title: ReactNode
  note?: ReactNode
  isFirst?: boolean
  isPrinted?: boolean
  children: ReactNode
}) {
  const classes = ['section', isFirst && 'first', !isPrinted && 'no-print']
  return (
    <section className={classes.filter(Boolean).join(' ')} id={id} aria-labelledby={`${id}-head`}>
      <div className="side">
        <h2 id={`${id}-head`}>{title}</h2>
        {note && <p>{note}</p>}
      </div>
      {children}
    </section>
  )
}

export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="page-head">
      <h1>{title}</h1>
      {children && <p className="soft">{children}</p>}
    </div>
  )
}
