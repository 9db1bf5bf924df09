/** Closes a switch: a value that the types say cannot exist is a fault, never a default branch. */
export function unreachable(value: never): never {
  throw new Error(`Unreachable value: ${JSON.stringify(value)}`)
}
