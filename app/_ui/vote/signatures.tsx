import type { ReactNode } from 'react'
import type { Clock } from '#lib/wire/clock'
import type { SignatureView, VoteView } from '#lib/wire/views/vote'
import { DigestWords } from '../digest'
import { Prose } from '../prose'
import { methodWords } from '../states'
import { Time } from '../time'

const channelText = {
  console: 'in the console',
  slack: 'in Slack',
  api: 'through the API',
} as const

/** A rule for each needed signature, drawn before anybody signs; void ones stay, struck through. */
export function Signatures({
  lines,
  clock,
  freshVoteId = null,
}: {
  lines: readonly SignatureView[]
  clock: Clock
  /** The vote that was just accepted: it writes itself once. */
  freshVoteId?: string | null
}) {
  const counted = lines.filter((line) => line.kind === 'signed' && line.choice === 'approve')
  return (
    <div>
      <div className="sigs">
        {lines.map((line, at) => (
          <SignatureLine
            key={line.kind === 'empty' ? `empty-${String(at)}` : line.id}
            line={line}
            clock={clock}
            freshVoteId={freshVoteId}
          />
        ))}
      </div>
      {counted.map((vote) => vote.kind === 'signed' && <SignedWords key={vote.id} vote={vote} />)}
    </div>
  )
}

function SignatureLine({
  line,
  clock,
  freshVoteId,
}: {
  line: SignatureView
  clock: Clock
  freshVoteId: string | null
}) {
  if (line.kind === 'empty') {
    return (
      <Signature under={`${line.roleLabel}, not signed`}>
        <Prose of={line.note} clock={clock} />
      </Signature>
    )
  }
  if (line.kind === 'void') {
    return (
      <Signature
        name={line.name}
        isVoid
        under={
          <>
            Void: <Prose of={line.note} clock={clock} />
          </>
        }
      >
        <Deed vote={line} />, <Time at={line.at} form="full" clock={clock} />
      </Signature>
    )
  }
  return (
    <Signature name={line.name} isFresh={line.id === freshVoteId} under={<Deed vote={line} />}>
      <Time at={line.at} form="full" clock={clock} />, {channelText[line.channel]}
      {line.note.length > 0 && (
        <span className="quiet">
          <Prose of={line.note} clock={clock} />
        </span>
      )}
    </Signature>
  )
}

function Deed({ vote }: { vote: VoteView }) {
  if (vote.choice === 'reject') return <>{vote.roleLabel}, rejected</>
  return (
    <>
      {vote.roleLabel}, approved {methodWords[vote.method]}
    </>
  )
}

/** One signature line: the name in blue italics over a rule, what it did below. */
export function Signature({
  name,
  isVoid = false,
  isFresh = false,
  under,
  children,
}: {
  name?: string
  isVoid?: boolean
  isFresh?: boolean
  under: ReactNode
  children?: ReactNode
}) {
  const classes = ['sig', isVoid && 'void', isFresh && 'fresh']
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <div className="line">{name && <span className="name">{name}</span>}</div>
      <p className="under">
        {under}
        {children && <span className="quiet">{children}</span>}
      </p>
    </div>
  )
}

function SignedWords({ vote }: { vote: VoteView }) {
  const label = `${vote.name} signed these words`
  return (
    <div className="signed-words">
      <p className="label">{label}</p>
      <DigestWords words={vote.words} label={label} />
    </div>
  )
}
