import type { VerifiedView } from '#lib/wire/views/audit'
import { counted, countText } from '../../_ui/number-words'

/** What a root computed here cannot say: told with every result, as a sentence of its own. */
export const TAIL =
  'Tail unprotected: no external witness. An end that was cut off and signed anew would not show; hold an export against a checkpoint that you kept elsewhere.'

/** What was verified and how it came out. */
export function verifiedWords(verified: VerifiedView): { lead: string; text: string } {
  if (!verified.ok) {
    const { place, fault, detail } = verified
    return {
      lead: `Not intact: ${place === '' ? 'the trail' : place}.`,
      text: `${detail} (${fault}) Nothing after it can be relied on until somebody has looked at who could write to the database.`,
    }
  }
  return { lead: 'Intact.', text: `${checkedWords(verified)} ${TAIL}` }
}

function checkedWords(verified: Extract<VerifiedView, { ok: true }>): string {
  if (verified.what === 'listed') {
    const { entries, streams, sealed, leaves, checkpoints } = verified
    const unsealed = entries - sealed
    return [
      `${counted(entries, 'entry', 'entries')} in ${counted(streams, 'stream')}: each is what was hashed and continues the one before it.`,
      sealed > 0
        ? `${countText(sealed)} of them in the log, proved by ${counted(checkpoints, 'signed checkpoint')} over ${counted(leaves, 'leaf', 'leaves')}.`
        : '',
      unsealed > 0
        ? `${countText(unsealed)} held by the stream alone: not sealed yet, or beyond what is read at once.`
        : '',
    ]
      .filter(Boolean)
      .join(' ')
  }
  const { isWhole, entries, leaves, size, checkpoints, unsealed, votes } = verified
  const what = isWhole
    ? `The whole trail: ${counted(entries, 'entry', 'entries')}, ${counted(leaves, 'leaf', 'leaves')} under ${counted(checkpoints, 'signed checkpoint')}, ${counted(votes.passkey, 'vote')} proven by passkey and ${countText(votes.trail)} by the trail.`
    : `The newest ${countText(leaves)} of ${counted(size, 'leaf', 'leaves')}, entry by entry, up to the newest of ${counted(checkpoints, 'signed checkpoint')}. All of it is verified by npm run audit:export and audit:verify.`
  return `${what} ${unsealed === 0 ? 'Nothing waits to be sealed.' : `${counted(unsealed, 'entry is', 'entries are')} not sealed yet.`}`
}
