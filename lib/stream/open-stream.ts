/** Headers of server-sent events (HTML, section 9.2). The last one keeps nginx from collecting them. */
export const EVENT_STREAM = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

/** What a reader may leave unread before it is let go: it comes back and is told what it missed. */
const MOST_UNREAD = 1_000

/** The open end of an answer that goes on. */
export interface OpenStream {
  body: ReadableStream<Uint8Array>
  send: (text: string) => void
  close: () => void
}

/**
 * A stream that ends when it is closed, when its reader leaves or reads too slowly, or when one of the signals aborts.
 *
 * @param onClose called once, however it ended
 */
export function openStream(signals: readonly AbortSignal[], onClose: () => void): OpenStream {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null

  const end = () => {
    const open = controller
    controller = null
    for (const signal of signals) signal.removeEventListener('abort', close)
    if (open) onClose()
    return open
  }
  const close = () => {
    end()?.close()
  }
  const body = new ReadableStream<Uint8Array>({
    start: (opened) => {
      controller = opened
    },
    cancel: () => {
      end()
    },
  })
  for (const signal of signals) signal.addEventListener('abort', close)
  if (signals.some((signal) => signal.aborted)) close()
  return {
    body,
    send: (text) => {
      controller?.enqueue(encoder.encode(text))
      if ((controller?.desiredSize ?? 0) < -MOST_UNREAD) close()
    },
    close,
  }
}
