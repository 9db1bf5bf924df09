import { fromBase64, toBase64 } from './bytes'
import { HASH_BYTES } from './merkle-hash'
import { type NoteSigner, type NoteVerifier, openNote, signNote } from './note'

/** The head of the Merkle log at one size. `origin` names the log for ever: `countersign.example.com/audit`. */
export type Checkpoint = { origin: string; size: number; root: Uint8Array }

/**
 * Signs a head of the log as a checkpoint (c2sp.org/tlog-checkpoint); the signer's name is the origin.
 * Never sign two heads of which one does not continue the other.
 */
export function signCheckpoint(
  head: { size: number; root: Uint8Array },
  signer: NoteSigner,
): Promise<string> {
  return signNote(checkpointText({ origin: signer.name, ...head }), signer)
}

/**
 * Reads a checkpoint that one of these keys signed under the name of the log itself. Witnesses' signatures may stand
 * beside it; alone they do not make it ours.
 * @returns undefined when it is malformed or not signed so
 */
export async function openCheckpoint(
  note: string,
  verifiers: readonly NoteVerifier[],
): Promise<Checkpoint | undefined> {
  const opened = await openNote(note, verifiers)
  if (opened === undefined) return undefined
  const checkpoint = parseCheckpoint(opened.text)
  return checkpoint && opened.signedBy.includes(checkpoint.origin) ? checkpoint : undefined
}

/** The text that is signed: origin, size, Base64 root, a line each. */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== HASH_BYTES) {
    throw new RangeError('A checkpoint has a size and a SHA-256 root')
  }
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** Extension lines are refused: this log writes none, and nobody can audit what they say. */
function parseCheckpoint(text: string): Checkpoint | undefined {
  const [origin, sizeText = '', rootText = '', ...rest] = text.split('\n')
  if (!origin || rest.length !== 1 || rest[0] !== '') return undefined
  const size = /^(?:0|[1-9]\d{0,15})$/.test(sizeText) ? Number(sizeText) : Number.NaN
  const root = fromBase64(rootText)
  if (!Number.isSafeInteger(size) || root?.length !== HASH_BYTES) return undefined
  return { origin, size, root }
}
