import type { Client } from 'pg'

export interface Copying {
  /** `FROM` and what follows; the row that is copied is called `s`. */
  from: string
  /** Columns that differ, as SQL. */
  set: Record<string, string>
}

/** Copies rows inside PostgreSQL: what a table has learned since this was written is copied as it is. */
export async function copyRows(db: Client, table: string, { from, set }: Copying): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `SELECT column_name AS name FROM information_schema.columns
     WHERE table_schema = 'public' AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`,
    [table],
  )
  const names = rows.map(({ name }) => name)
  const values = names.map((name) => set[name] ?? `s.${name}`)
  await db.query(
    `INSERT INTO ${table} (${names.join(', ')}) SELECT ${values.join(', ')} FROM ${from}`,
  )
}
