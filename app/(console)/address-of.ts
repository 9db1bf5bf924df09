/** The query of an address as it was asked for, with its `?`; empty for none. Where a name stands twice it is left out. */
export function addressOf(asked: Record<string, string | string[] | undefined>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(asked)) {
    if (typeof value === 'string') query.set(name, value)
  }
  return query.size > 0 ? `?${query.toString()}` : ''
}
