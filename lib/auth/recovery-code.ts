import type { Tx } from '#lib/db/client'
import { secretHash } from './secret-hash'

/** How many a set holds. */
export const RECOVERY_CODES = 10
/** From here on the person is told to make new ones. */
export const RECOVERY_CODES_FEW = 3
/** Crockford's base 32: no letter that is read for a digit, and none that spells words by chance. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** 20 letters of five bits: 100 bits. */
const LETTERS = 20
const GROUP = 4
const CODE = new RegExp(`^[${ALPHABET}]{${LETTERS}}$`)

/** `4T9Z-P2QA-…`: five groups of four, to be read out and typed. */
export function newRecoveryCode(randomBytes: (length: number) => Uint8Array): string {
  // 32 letters divide 256: each letter takes five bits of a byte of its own, and all are equally likely.
  const letters = Array.from(randomBytes(LETTERS), (byte) => ALPHABET.charAt(byte & 31)).join('')
  return (letters.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/**
 * What was typed, as it is hashed: case, spaces and hyphens do not count, and the letters that the alphabet leaves out are
 * read for the digits they look like.
 * @returns null for what no code can be
 */
export function readRecoveryCode(typed: string): string | null {
  const letters = typed
    .toUpperCase()
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1')
  return CODE.test(letters) ? letters : null
}

/** Replaces the person's set, used ones included: an older code is one that nobody was given. */
export async function saveRecoveryCodes(
  tx: Tx,
  { personId, codes }: { personId: string; codes: readonly string[] },
  now: number,
): Promise<void> {
  await tx.recoveryCode.deleteMany({ where: { personId } })
  await tx.recoveryCode.createMany({
    data: codes.map((code) => ({
      codeHash: hashOf(code),
      personId,
      createdAt: new Date(now),
    })),
  })
}

/**
 * Uses a code up, where it is one of the person with this address. Of many at once one gets it: the conditions are in the
 * UPDATE. An address that nobody has, a code of somebody else, a used one and none at all are one answer after one statement.
 * @returns whose it was; null for every other case
 */
export async function spendRecoveryCode(
  tx: Tx,
  { email, code }: { email: string; code: string },
  now: number,
): Promise<string | null> {
  const rows = await tx.$queryRaw<{ personId: string }[]>`
    UPDATE recovery_codes c SET used_at = ${new Date(now)} FROM people p
    WHERE c.code_hash = ${hashOf(code)} AND c.used_at IS NULL
      AND p.id = c.person_id AND p.email = ${email.toLowerCase()} AND p.active
    RETURNING c.person_id AS "personId"`
  return rows[0]?.personId ?? null
}

/** Whose code a refused one is, so that their stream tells of it; null for one that nobody was given. */
export async function ownerOfRecoveryCode(tx: Tx, code: string): Promise<string | null> {
  const row = await tx.recoveryCode.findUnique({
    where: { codeHash: hashOf(code) },
    select: { personId: true },
  })
  return row?.personId ?? null
}

export function countRecoveryCodes(tx: Tx, personId: string): Promise<number> {
  return tx.recoveryCode.count({ where: { personId, usedAt: null } })
}

/** A text that no code can be has a hash that no code has. */
function hashOf(code: string): string {
  return secretHash(readRecoveryCode(code) ?? '')
}
