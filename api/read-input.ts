import type { z } from 'zod'
import { parseJson } from '#lib/core/contract/parse-json'
import type { FieldProblem } from '#lib/core/refusals'
import { ok, type Result, refuse } from '#lib/core/result'
import type { ApiRoute } from './call'

/** No call needs more: a contract has 256 KiB, a token and its arguments together twice that. */
export const MAX_BODY_BYTES = 1024 * 1024
const MAX_PROBLEMS = 20

/** Reads and checks a body: media type, size, strict JSON, then the route's shape. */
export async function readBody(route: ApiRoute, request: Request): Promise<Result<unknown>> {
  if (!route.body) return ok(undefined)
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase()
  const bytes = await readBytes(request)
  if (!bytes.ok) return bytes
  if (bytes.value.length > 0 && type !== 'application/json') return refuse('unsupported_media_type')
  if (route.body.read) return route.body.read(bytes.value)
  const parsed =
    bytes.value.length === 0 ? ok({}) : parseJson(bytes.value, { maxBytes: MAX_BODY_BYTES })
  return parsed.ok ? checkShape(route.body.schema, parsed.value) : parsed
}

/** Stops reading as soon as the bound is passed, whatever Content-Length says. */
async function readBytes(request: Request): Promise<Result<Uint8Array>> {
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    if (request.body) {
      for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
        size += chunk.length
        if (size > MAX_BODY_BYTES) return refuse('body_too_large')
        chunks.push(chunk)
      }
    }
  } catch {
    // Only the caller can break its own stream: it hung up, or was too slow and was cut off.
    return refuse('invalid_json', { detail: 'The body ended before it was whole.' })
  }
  return ok(new Uint8Array(Buffer.concat(chunks)))
}

/** Query parameters: each at most once. */
export function readQuery(route: ApiRoute, url: URL): Result<unknown> {
  if (!route.query) return ok({})
  const query: Record<string, string> = {}
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(query, name)) {
      return refuse('invalid_body', {
        detail: 'A query parameter stands twice.',
        fields: [{ path: `?${name}`, message: 'Send it once.', code: 'duplicate' }],
      })
    }
    query[name] = value
  }
  return checkShape(route.query, query, '?')
}

export function checkShape(schema: z.ZodType, value: unknown, prefix = ''): Result<unknown> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  const fields = parsed.error.issues
    .slice(0, MAX_PROBLEMS)
    .flatMap((issue) => problemsOf(issue, prefix))
  return refuse('invalid_body', { fields })
}

function problemsOf(issue: z.core.$ZodIssue, prefix: string): FieldProblem[] {
  const path = issue.path.map(String)
  const at = (more: string[]) =>
    prefix === '?' ? `?${[...path, ...more].join('.')}` : [...path, ...more].map(escaped).join('')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: at([key]),
      message: 'There is no member of this name.',
      code: 'unknown_member',
    }))
  }
  return [{ path: at([]), message: issue.message, code: issue.code }]
}

/** JSON Pointer (RFC 6901). */
function escaped(step: string): string {
  return `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`
}
