import type { Clock } from '#lib/wire/clock'
import type { Prose as ProseRuns, Run } from '#lib/wire/views/common'
import { Claim } from './sent'
import { Tag } from './tag'
import { Time } from './time'

/** A sentence of Countersign's, with what is bold, timed, linked or quoted from a caller in it. */
export function Prose({ of, clock }: { of: ProseRuns; clock: Clock }) {
  // Runs have no identity of their own and a sentence is always replaced as a whole.
  return of.map((run, at) => <ProseRun key={String(at)} run={run} clock={clock} />)
}

function ProseRun({ run, clock }: { run: Run; clock: Clock }) {
  if (typeof run === 'string') return run
  switch (run.kind) {
    case 'strong':
      return <strong>{run.text}</strong>
    case 'code':
      return <code>{run.text}</code>
    case 'claim':
      return <Claim text={run.text} />
    case 'tag':
      return <Tag kind={run.tag} />
    case 'time':
      return <Time at={run.at} form={run.form} clock={clock} />
    case 'link':
      return <a href={run.href}>{run.text}</a>
  }
}
