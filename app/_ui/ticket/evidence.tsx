import type { ReactNode } from 'react'
import { type Clock, timeText } from '#lib/wire/clock'
import type { EvidenceBodyView, EvidenceView } from '#lib/wire/views/ticket'
import { DigestText } from '../digest'
import { type Fact, Facts } from '../facts'
import { Section } from '../section'
import { Claim, Sent } from '../sent'

const channelText = {
  console: 'in the console',
  slack: 'in Slack',
  api: 'through the API',
} as const
const endedText = { provided: '', withdrawn: 'Withdrawn', rejected: 'Rejected' } as const

/** One item on file, with who gave it and its hash. What a caller gave is set as a claim. */
export function EvidenceSection({
  evidence,
  clock,
  actions,
}: {
  evidence: EvidenceView
  clock: Clock
  /** Withdraw or reject. */
  actions?: ReactNode
}) {
  return (
    <Section
      id={`evidence-${evidence.id}`}
      title={evidence.label}
      note={byline(evidence, clock)}
      linkName={`Link to the ${evidence.label.toLowerCase()}`}
    >
      <div>
        {evidence.ended && <EndedNote evidence={evidence} clock={clock} />}
        <EvidenceFacts evidence={evidence} clock={clock} />
        {actions && <div className="acts evidence-acts">{actions}</div>}
      </div>
    </Section>
  )
}

/** What the item says, and its hash. */
export function EvidenceFacts({ evidence, clock }: { evidence: EvidenceView; clock: Clock }) {
  return <Facts facts={[...bodyFacts(evidence, clock), hashFact(evidence.sha256)]} />
}

function byline(evidence: EvidenceView, clock: Clock): string {
  const who =
    evidence.authorKind === 'caller' ? `the caller ${evidence.authorName}` : evidence.authorName
  return `By ${who}, ${timeText(evidence.providedAt, 'seconds', clock)}, ${channelText[evidence.channel]}.`
}

function EndedNote({ evidence, clock }: { evidence: EvidenceView; clock: Clock }) {
  if (!evidence.ended) return null
  const { byName, at, reason } = evidence.ended
  return (
    <p className="none evidence-ended">
      <strong>{byName === null ? 'Erased' : endedText[evidence.state]}</strong>
      {byName !== null && ` by ${byName}`}, {timeText(at, 'seconds', clock)}
      {reason ? `: “${reason}”` : ''}. It counts for nothing.
    </p>
  )
}

function bodyFacts(evidence: EvidenceView, clock: Clock): Fact[] {
  const say = evidence.authorKind === 'caller' ? asClaim : asIs
  const body: EvidenceBodyView = evidence.body
  switch (body.kind) {
    case 'rollback_plan':
      return [
        { label: 'Steps', value: <Steps steps={body.steps} say={say} /> },
        {
          label: 'Carried out by',
          value: (
            <>
              {body.ownerName}, in {body.estimatedMinutes} minutes
            </>
          ),
        },
        { label: 'Goes back to', value: <code>{body.previousVersion}</code> },
        { label: 'Run before', value: body.tested ? 'Yes' : 'No' },
      ]
    case 'fields':
      return body.fields.map((field) => ({ label: field.label, value: say(field.value) }))
    case 'attachment':
      return fileFacts(body, say)
    case 'erased': {
      const when = body.erasedAt === null ? '' : ` ${timeText(body.erasedAt, 'day', clock)}`
      const why = body.reason === null ? '' : ` “${body.reason}”`
      return [{ label: 'What it said', value: `Erased${when}. The hash stays.${why}` }]
    }
  }
}

/** A file is saved and opened elsewhere, never drawn here: the page would speak with its voice. */
function fileFacts(
  file: Extract<EvidenceBodyView, { kind: 'attachment' }>,
  say: (text: string) => ReactNode,
): Fact[] {
  const about =
    file.description === null ? [] : [{ label: 'About it', value: say(file.description) }]
  return [
    {
      label: 'File',
      value: (
        <a className="file-name" href={file.href}>
          <span className="vh">Save </span>
          <Sent text={file.name} />
        </a>
      ),
      sub: `${file.typeLabel}, ${file.size}. It is saved, not shown here.`,
    },
    ...about,
    { label: 'Hash of the file', value: <DigestText digest={`sha-256:${file.fileSha256}`} /> },
  ]
}

function Steps({ steps, say }: { steps: readonly string[]; say: (text: string) => ReactNode }) {
  return (
    <ol className="numbered">
      {steps.map((step, at) => (
        <li key={String(at)}>{say(step)}</li>
      ))}
    </ol>
  )
}

function asIs(text: string): ReactNode {
  return text
}

function asClaim(text: string): ReactNode {
  return <Claim text={text} />
}

function hashFact(sha256: string): Fact {
  return { label: 'Hash', value: <DigestText digest={`sha-256:${sha256}`} /> }
}
