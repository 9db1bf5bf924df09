import type { ContractView } from '#lib/wire/views/ticket'
import { Notice } from '../notice'
import { countText } from '../number-words'
import { hasHidden, reveal } from '../reveal'

/** More lines than this are counted, not listed. */
const MOST_LISTED = 5

/**
 * Says above the page that the contract holds characters which hide or pass for others: the eye may pass over one escape among
 * many lines, and on the page that asks one thing the bytes are folded. Nothing for ordinary text.
 */
export function OddLetters({ contract }: { contract: ContractView }) {
  const odd = contract.lines.flatMap(({ bytes }, at) => {
    const texts = bytes.map(({ text }) => text).filter(hasHidden)
    return texts.length > 0 ? [{ number: at + 1, texts }] : []
  })
  const [first] = odd
  if (first === undefined) return null
  const escapes = first.texts.flatMap(reveal).filter(({ isEscape }) => isEscape)
  return (
    <Notice
      tone="stop"
      lead={`Hidden or look-alike characters in ${linesText(odd.map(({ number }) => number))} of the contract.`}
    >
      They are shown by their numbers, as in <code className="esc">{escapes[0]?.text}</code>. What
      is hashed and runs has the characters themselves.
    </Notice>
  )
}

/** "line 82", "lines 3, 9 and 12", "lines 1, 2, 3, 4, 5 and 7 more" */
function linesText(numbers: readonly number[]): string {
  if (numbers.length === 1) return `line ${countText(numbers[0] ?? 0)}`
  const isLong = numbers.length > MOST_LISTED
  const listed = (isLong ? numbers.slice(0, MOST_LISTED) : numbers.slice(0, -1)).map(countText)
  const last = isLong ? `${countText(numbers.length - MOST_LISTED)} more` : numbers.at(-1)
  return `lines ${listed.join(', ')} and ${last}`
}
