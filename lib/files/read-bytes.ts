/** All bytes, or why there are none: more than the limit, the sender left or fell silent. */
export type BytesRead =
  | { ok: true; bytes: Uint8Array }
  | { ok: false; why: 'too_large' | 'broken_off' | 'stalled' }

export interface ReadLimits {
  mostBytes: number
  /** How long nothing may come. */
  stallMs: number
}

/**
 * Reads a body that somebody else sends, whatever length it announced. No more than the limit is ever held, and a sender who
 * says nothing is not waited for.
 */
export async function readBytes(
  body: ReadableStream<Uint8Array>,
  { mostBytes, stallMs }: ReadLimits,
): Promise<BytesRead> {
  const reader = body.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const next = await nextPart(reader, stallMs)
    if (next === 'stalled' || next === 'broken_off') return { ok: false, why: next }
    if (next === null) return { ok: true, bytes: Buffer.concat(parts, size) }
    size += next.length
    if (size > mostBytes) {
      letGo(reader)
      return { ok: false, why: 'too_large' }
    }
    parts.push(next)
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>

/** null: the end. */
async function nextPart(
  reader: Reader,
  stallMs: number,
): Promise<Uint8Array | null | 'stalled' | 'broken_off'> {
  let timer: NodeJS.Timeout | undefined
  const stalled = new Promise<'stalled'>((resolve) => {
    timer = setTimeout(resolve, stallMs, 'stalled')
  })
  const read = reader.read().then(
    ({ value }) => value ?? null,
    () => 'broken_off' as const,
  )
  const next = await Promise.race([read, stalled])
  clearTimeout(timer)
  if (next === 'stalled') letGo(reader)
  return next
}

/** Not waited for: a sender that is silent does not end either. */
function letGo(reader: Reader): void {
  reader.cancel().catch(() => undefined)
}
