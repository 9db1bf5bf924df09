export interface GatherBounds {
  /** Keys in one reading, most. */
  most?: number
  /** Readings under way at a time, most. */
  atOnce?: number
}

interface Waiting<K, V> {
  key: K
  resolve: (value: V) => void
  reject: (reason: unknown) => void
}

/**
 * Turns a reading of many into a reading of one. Who asks while nobody else does is read for at once; who asks in a crowd is
 * read for together, so ten thousand that are woken at one moment do not queue for ten connections one by one. A reading
 * always begins after it was asked for: nothing older is told.
 *
 * @param readMany gives a value for each key, in their order
 */
export function gatherReads<K, V>(
  readMany: (keys: K[]) => Promise<V[]>,
  { most = 200, atOnce = 4 }: GatherBounds = {},
): (key: K) => Promise<V> {
  const waiting: Waiting<K, V>[] = []
  let underWay = 0

  const readSome = async (some: Waiting<K, V>[]): Promise<void> => {
    try {
      const values = await readMany(some.map(({ key }) => key))
      for (const [at, { resolve }] of some.entries()) resolve(values[at] as V)
    } catch (error) {
      for (const { reject } of some) reject(error)
    }
  }
  const pump = (): void => {
    while (underWay < atOnce && waiting.length > 0) {
      underWay += 1
      void readSome(waiting.splice(0, most)).finally(() => {
        underWay -= 1
        pump()
      })
    }
  }
  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      pump()
    })
}
