import type { DigestWordsView } from '#lib/wire/views/vote'
import { Ordered } from './list'

/** A digest in groups of eight, whole: `sha-256:` and 64 hex digits. */
export function DigestLine({ digest }: { digest: string }) {
  const [algorithm = '', hex = ''] = digest.split(':')
  return (
    <p className="digest-line">
      <span className="alg">{algorithm}:</span>
      {groupsOfEight(hex).map(({ at, text }) => (
        <span key={at}>{text}</span>
      ))}
    </p>
  )
}

/** The same in running text. */
export function DigestText({ digest }: { digest: string }) {
  const [algorithm = '', hex = ''] = digest.split(':')
  return (
    <code>{`${algorithm}:${groupsOfEight(hex)
      .map((group) => group.text)
      .join(' ')}`}</code>
  )
}

function groupsOfEight(hex: string): { at: number; text: string }[] {
  const out: { at: number; text: string }[] = []
  for (let at = 0; at < hex.length; at += 8) out.push({ at, text: hex.slice(at, at + 8) })
  return out
}

/** Six words, always six: in a line, or three by two to sign. */
export function DigestWords({
  words,
  isBig = false,
  label = 'Digest words',
}: {
  words: DigestWordsView
  isBig?: boolean
  label?: string
}) {
  return (
    <Ordered className={isBig ? 'words big' : 'words'} aria-label={label}>
      {words.map((word, at) => (
        <li key={String(at)}>{word}</li>
      ))}
    </Ordered>
  )
}
