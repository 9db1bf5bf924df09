/** In what way a record of the audit trail is not as it was written. */
export type AuditFault =
  /** The line is not one of an export, or not in the one canonical spelling. */
  | 'malformed'
  | 'stream'
  /** Another ordinal than the next one: something was deleted, repeated or moved. */
  | 'ordinal'
  /** The content does not give the recorded hash: it was changed. */
  | 'hash'
  /** `prev` is not the hash of the entry before: that one or this one was replaced. */
  | 'prev'
  /** Another leaf than the next one of the Merkle log. */
  | 'leaf'
  /** The log up to here does not give the signed root. */
  | 'root'
  /** The checkpoint is not signed by a key of the log, or names another log. */
  | 'signature'
  /** A vote's assertion does not verify. */
  | 'vote'
  /** A contract, review or evidence in the file is not the one that an entry names, or nothing names it. */
  | 'document'
  /** A grant was redeemed with another token than the one handed out, or a token is not of this request. */
  | 'token'
  /** A record is not the file that was written, though every entry in it is. */
  | 'file'
  /** The record ends before it should. */
  | 'truncated'

/** The first record that is not as it was written: the entry, where one is known, and the line of an export. */
export type BadEntry = {
  fault: AuditFault
  stream?: string
  ordinal?: number
  /** Number of the leaf in the Merkle log, from 0. */
  leaf?: number
  /** Number of the line in an export, from 1. */
  line?: number
  /** A sentence for people. */
  detail: string
}

export function faultAt(
  fault: AuditFault,
  detail: string,
  place: Partial<BadEntry> = {},
): BadEntry {
  return { fault, detail, ...place }
}
