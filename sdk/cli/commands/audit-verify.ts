import { AUDIT_OPTIONS, verifyFile } from '../audit/verify-file'
import type { Command } from '../command'

export const auditVerify: Command = {
  name: 'audit verify',
  summary: 'verify an audit export, or the record of a request, offline',
  usage: 'FILE [options]',
  about: `Verifies chains, Merkle log, checkpoints, contract and reviews, votes by passkey, and the use of grants, and names the first
entry that is bad. It needs no installation, no network and no secret. Without --key the keys in the file are believed, and
the file vouches for itself.`,
  options: AUDIT_OPTIONS,
  examples: ['countersign audit verify record.jsonl --key "$KEY_GOT_ELSEWHERE"'],
  settings: [],
  exits: ['does_not_hold'],
  act: async ({ given, cwd }) => {
    const { ok, json, lines } = await verifyFile(given.one('one file'), given, cwd)
    return { exit: ok ? 'ok' : 'does_not_hold', json, lines }
  },
}
