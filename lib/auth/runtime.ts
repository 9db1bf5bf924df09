import type { IdPrefix } from '#lib/core/ids'
import type { Db } from '#lib/db/client'

/** Opens what rests sealed in the database; `purpose` and `id` are bound to the text. */
export interface SecretBox {
  seal(purpose: string, id: string, plaintext: Uint8Array): string
  open(purpose: string, id: string, sealed: string): Uint8Array
}

/** The part of the runtime that identity needs. */
export interface AuthRuntime {
  db: Db
  config: { publicUrl: string }
  installation: { name: string; domain: string }
  sealer: SecretBox
  now: () => number
  newId: (prefix: IdPrefix) => string
  randomBytes: (length: number) => Uint8Array
}

export interface RelyingParty {
  /** Scheme, host and port: compared with what the browser says. */
  origin: string
  /** Host alone (WebAuthn RP ID): a passkey belongs to it for ever. */
  id: string
  name: string
}

/** PUBLIC_URL alone fixes them: no header of a request has a say. */
export function relyingParty(runtime: Pick<AuthRuntime, 'config' | 'installation'>): RelyingParty {
  const url = new URL(runtime.config.publicUrl)
  return { origin: url.origin, id: url.hostname, name: runtime.installation.name }
}
