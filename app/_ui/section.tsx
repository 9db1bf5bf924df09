import type { ReactNode } from 'react'

/** A part of a document: a side head with a note, and the matter beside it. */
export function Section({
  id,
  title,
  note,
  isFirst = false,
  isPrinted = true,
  linkName,
  children,
}: {
  id: string
  title: ReactNode
  note?: ReactNode
  isFirst?: boolean
  isPrinted?: boolean
  /** The head carries a link to the part, read out as this: "Link to the record". */
  linkName?: string
  children: ReactNode
}) {
  const classes = ['section', isFirst && 'first', !isPrinted && 'no-print']
  return (
    <section className={classes.filter(Boolean).join(' ')} id={id} aria-labelledby={`${id}-head`}>
      <div className="side">
        <h2 id={`${id}-head`}>{title}</h2>
        {linkName && <Permalink to={id} name={linkName} />}
        {note && <p>{note}</p>}
      </div>
      {children}
    </section>
  )
}

/** A link to a place of the page: following it puts the place into the address, and a script copies the address too. */
function Permalink({ to, name }: { to: string; name: string }) {
  return (
    <a className="permalink no-print" href={`#${to}`} data-permalink aria-label={name}>
      #
    </a>
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
