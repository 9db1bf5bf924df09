import type { ReactNode } from 'react'

export interface Fact {
  label: string
  value: ReactNode
  sub?: ReactNode
}

/** Label and value on hairlines; `isAcross` sets up to four side by side. */
export function Facts({ facts, isAcross = false }: { facts: readonly Fact[]; isAcross?: boolean }) {
  return (
    <dl className={isAcross ? 'facts across' : 'facts'}>
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>
            {fact.value}
            {fact.sub && <span className="sub">{fact.sub}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
