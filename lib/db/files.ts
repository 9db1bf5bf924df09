import type { Db, Sql, Tx } from './client'

/** Most rows taken at once; the next sweep takes the rest. */
const MOST_SWEPT = 100

export interface StoredBytes {
  /** Of the bytes, 64 hex. The table checks it. */
  sha256: string
  bytes: Uint8Array
  mediaType: string
}

/**
 * Keeps bytes under their hash; the same bytes sent again, also at the same time, are the same row, which is then fresh for
 * the sweep.
 * @returns false when these bytes were erased: they are not taken again
 */
export async function storeFile(
  sql: Sql,
  { sha256, bytes, mediaType }: StoredBytes,
): Promise<boolean> {
  const rows = await sql.$queryRawUnsafe<unknown[]>(
    `INSERT INTO files (sha256, bytes, size_bytes, media_type, created_at) VALUES ($1, $2::bytea, octet_length($2::bytea), $3, clock_timestamp())
     ON CONFLICT (sha256) DO UPDATE SET created_at = excluded.created_at WHERE files.bytes IS NOT NULL RETURNING 1`,
    sha256,
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    mediaType,
  )
  return rows.length > 0
}

/** Whether the bytes are here, which they then stay until the transaction ends. */
export async function holdFile(tx: Tx, sha256: string): Promise<boolean> {
  const rows = await tx.$queryRawUnsafe<unknown[]>(
    'SELECT 1 FROM files WHERE sha256 = $1 AND bytes IS NOT NULL FOR SHARE',
    sha256,
  )
  return rows.length > 0
}

/** Bytes `from` (counted from 0), at most `length`; null when they are not kept. */
export async function readFilePart(
  sql: Sql,
  { sha256, from, length }: { sha256: string; from: number; length: number },
): Promise<Uint8Array | null> {
  const rows = await sql.$queryRawUnsafe<{ part: Uint8Array | null }[]>(
    'SELECT substring(bytes FROM $2::int FOR $3::int) AS part FROM files WHERE sha256 = $1',
    sha256,
    from + 1,
    length,
  )
  return rows[0]?.part ?? null
}

/**
 * Erases what an item says and, when it is a file that no other item names, the bytes.
 * @returns ids of the items that keep the bytes
 */
export async function eraseEvidenceBody(
  tx: Tx,
  { evidenceId, fileSha256 }: { evidenceId: string; fileSha256: string | null },
): Promise<string[]> {
  // The file first, as when one is attached: an item that comes at this moment is seen below, or finds it gone.
  if (fileSha256 !== null) {
    await tx.$queryRawUnsafe('SELECT 1 FROM files WHERE sha256 = $1 FOR UPDATE', fileSha256)
  }
  await tx.$executeRawUnsafe('UPDATE evidence SET body = NULL WHERE id = $1', evidenceId)
  if (fileSha256 === null) return []
  const others = await tx.$queryRawUnsafe<{ id: string }[]>(
    `SELECT id FROM evidence WHERE type = 'attachment' AND body->>'sha256' = $1 ORDER BY id`,
    fileSha256,
  )
  if (others.length === 0) {
    await tx.$executeRawUnsafe(
      'UPDATE files SET bytes = NULL, erased_at = clock_timestamp() WHERE sha256 = $1',
      fileSha256,
    )
  }
  return others.map(({ id }) => id)
}

/** Both looks at the time are needed: bytes that are sent again while this waits for their row are fresh, and stay. */
const SWEEP = `
DELETE FROM files WHERE created_at < $1 AND erased_at IS NULL AND sha256 IN (
  SELECT f.sha256 FROM files f
  WHERE f.created_at < $1 AND f.erased_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM evidence e WHERE e.type = 'attachment' AND e.body->>'sha256' = f.sha256)
  LIMIT ${MOST_SWEPT})`

/**
 * Forgets files that no item names and that nobody has sent since.
 * @returns how many
 */
export async function deleteLooseFiles(db: Db, sentBefore: Date): Promise<number> {
  return await db.$executeRawUnsafe(SWEEP, sentBefore)
}
