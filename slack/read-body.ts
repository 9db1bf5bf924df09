import type { Body } from './delivery'

const MOST_BYTES = 1024 * 1024
const FORM = 'application/x-www-form-urlencoded'
const JSON_TYPE = 'application/json'

/** The bytes exactly as they came, for the signature is over them; or why they are not read. */
export async function readRawBody(
  request: Request,
  timeoutMs: number,
): Promise<Uint8Array | Response> {
  if (request.method !== 'POST') {
    return new Response('Slack sends with POST.', { status: 405, headers: { allow: 'POST' } })
  }
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (type !== FORM && type !== JSON_TYPE) {
    return new Response('Slack sends forms and JSON.', { status: 415 })
  }
  if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES) return tooLarge()
  if (!request.body) return new Uint8Array()
  const reader = request.body.getReader()
  const timer = setTimeout(() => void reader.cancel().catch(() => undefined), timeoutMs)
  const deadline = Date.now() + timeoutMs
  try {
    const chunks: Uint8Array[] = []
    let size = 0
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      size += value.byteLength
      if (size > MOST_BYTES) {
        await reader.cancel()
        return tooLarge()
      }
      chunks.push(value)
    }
    if (Date.now() >= deadline) return tooSlow()
    return Buffer.concat(chunks)
  } catch {
    return tooSlow()
  } finally {
    clearTimeout(timer)
  }
}

/** What the bytes say, or null where Slack sends no such thing to this address. */
export function parseBody(path: string, raw: Uint8Array): Body | null {
  const text = Buffer.from(raw).toString('utf8')
  if (path.endsWith('/events')) return parseJson(text)
  const form = Object.fromEntries(new URLSearchParams(text))
  if (path.endsWith('/interactive') && form['ssl_check'] === undefined) {
    return form['payload'] === undefined ? null : parseJson(form['payload'])
  }
  return form
}

function parseJson(text: string): Body | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Body)
      : null
  } catch {
    return null
  }
}

function tooLarge(): Response {
  return new Response('The body is larger than 1 MiB.', { status: 413 })
}

function tooSlow(): Response {
  return new Response('The body took too long to arrive.', {
    status: 408,
    headers: { connection: 'close' },
  })
}
