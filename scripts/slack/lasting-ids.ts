const ID_OR_TS = /\b(?:[UCD][0-9A-Z]{8,12}|\d{10}\.\d{6})\b/g

/** Two names for one thing: ours, which lasts from start to start, and the one that the emulator rolled today. */
export interface LastingIds {
  learn(ours: string, theirs: string): void
  knows(theirs: string): boolean
  /** Replaces every name in a text, whatever its format: ids need no escaping in JSON or in forms. */
  toTheirs(text: string): string
  toOurs(text: string): string
}

export function createLastingIds(): LastingIds {
  const theirs = new Map<string, string>()
  const ours = new Map<string, string>()
  const swap = (text: string, table: Map<string, string>) =>
    text.replaceAll(ID_OR_TS, (found) => table.get(found) ?? found)
  return {
    learn: (our, their) => {
      theirs.set(our, their)
      ours.set(their, our)
    },
    knows: (their) => ours.has(their),
    toTheirs: (text) => swap(text, theirs),
    toOurs: (text) => swap(text, ours),
  }
}
