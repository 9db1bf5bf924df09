import type { Contract } from '#lib/core/contract/contract'

/** The contract in lines. */
export function readableContract(contract: Contract): string {
  return JSON.stringify(contract, null, 2)
}
