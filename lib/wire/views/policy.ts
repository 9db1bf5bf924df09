import type { Instant } from './common'

/** The policy in force, as people read it. */
export interface PolicyView {
  /** name@ordinal+digest */
  version: string
  ordinal: number
  /** sha-256:<64 hex> of the source. */
  digest: string
  publishedAt: Instant
  /** Null: the installation itself, at first start. */
  publishedByName: string | null
  /** YAML */
  source: string
  /** Newest first, this one included. */
  versions: { version: string; publishedAt: Instant; publishedByName: string | null }[]
}
