/** Ends one of what runs at once; more than one call changes nothing. */
export type Leave = () => void

/**
 * Counts what runs at once in this process, for each person by themselves: nobody waits because of somebody else.
 * @returns a way in, told whose it is: how to leave again, or null where this person has `most` under way
 */
export function placesAtOnce(most: number): (personId: string) => Leave | null {
  const taken = new Map<string, number>()
  const change = (personId: string, by: 1 | -1) => {
    const now = (taken.get(personId) ?? 0) + by
    if (now === 0) taken.delete(personId)
    else taken.set(personId, now)
  }
  return (personId) => {
    if ((taken.get(personId) ?? 0) >= most) return null
    change(personId, 1)
    let isThere = true
    return () => {
      if (isThere) change(personId, -1)
      isThere = false
    }
  }
}
