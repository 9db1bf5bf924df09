import { headers } from 'next/headers'
import type { Door } from '#lib/rate-limit/rate-limits'
import { getWeb } from '#lib/web'
import { type NotDone, toldRefusal } from './told'

/** Counts a knock of this browser's client. What comes back is to be told; null: go on. */
export async function tooManyKnocks(door: Door, target: string | null): Promise<NotDone | null> {
  // The server put it there: see nameClient.
  const address = (await headers()).get('x-forwarded-for') ?? ''
  const counted = await getWeb().runtime.rateLimits.count({ door, address, target })
  return counted.ok ? null : toldRefusal(counted.refusal)
}
