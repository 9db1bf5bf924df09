import type { Tx } from '#lib/db/client'
import { recordOf } from './key-ring'
import type { SigningKeyRecord } from './signing-keys'

/** Every signing key, with its sealed private part. */
export async function readKeys(sql: Pick<Tx, 'signingKey'>): Promise<SigningKeyRecord[]> {
  return (await sql.signingKey.findMany()).map(recordOf)
}
