import { readFile } from 'node:fs/promises'
import { type Product, someAddress } from './fixtures'

/** What an action answered, out of React's stream; null for none. */
export type Told =
  | { ok: boolean; title?: string; text?: string; value?: unknown }
  | null
  | undefined

/** Somebody with an HTTP client and no browser: sends what they like, with the cookies they were given. */
export interface Visitor {
  /** By name, without the prefix that HTTPS gives. */
  cookies: Map<string, string>
  get(path: string): Promise<Response>
  post(path: string, body: BodyInit, headers?: Record<string, string>): Promise<Response>
  /** Calls a server action as its page would, unless told otherwise. */
  act(
    action: Action,
    args: unknown[],
    changed?: { path?: string; headers?: Record<string, string> },
  ): Promise<Told>
}

export interface Action {
  id: string
  name: string
  /** A page that has it. */
  path: string
}

/** Every action of the built console, as the build lists them. */
export async function everyAction(): Promise<Action[]> {
  const text = await readFile('.next/server/server-reference-manifest.json', 'utf8')
  const { node } = JSON.parse(text) as {
    node: Record<string, { workers: object; filename: string; exportedName: string }>
  }
  return Object.entries(node).map(([id, { workers, filename, exportedName }]) => ({
    id,
    name: `${filename}#${exportedName}`,
    path: pathOf(Object.keys(workers)[0] ?? ''),
  }))
}

export async function action(name: string): Promise<Action> {
  const found = (await everyAction()).find((each) => each.name.endsWith(`#${name}`))
  if (!found) throw new Error(`There is no action ${name}`)
  return found
}

/** The address of a page by its file: `app/(console)/tickets/[id]/page` is `/tickets/[id]`. */
export function pathOf(file: string): string {
  const parts = file
    .replace(/^app\//, '')
    .split('/')
    .slice(0, -1)
  return `/${parts.filter((part) => !part.startsWith('(')).join('/')}`
}

/** What stands for the parts of an address that name something. */
export interface Named {
  requestId: string
  endpointId: string
  deliveryId: string
  personId: string
  callerId: string
}

/** The address of a page by its file, of what is named. */
export function addressOf(file: string, named: Named): string {
  const path = pathOf(file)
  return path
    .replace('[id]', idOf(path, named))
    .replace('[deliveryId]', named.deliveryId)
    .replace('[name]', 'release_managers')
    .replace('[ordinal]', '1')
}

function idOf(path: string, { requestId, endpointId, personId, callerId }: Named): string {
  if (path.startsWith('/callers/')) return callerId
  if (path.startsWith('/webhooks/')) return endpointId
  return path.startsWith('/people/') ? personId : requestId
}

export const NO_ONES_REQUEST = `req_${'0'.repeat(26)}`

export function visitor(product: Product, address = someAddress()): Visitor {
  const { url } = product
  const cookies = new Map<string, string>()
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer = await fetch(url + path, {
      ...init,
      redirect: 'manual',
      headers: { 'x-forwarded-for': address, cookie, ...init.headers },
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
      if (value === '') cookies.delete(name)
      else cookies.set(name, value)
    }
    return answer
  }
  const post: Visitor['post'] = (path, body, headers = { origin: url }) =>
    send(path, { method: 'POST', body, headers })
  return {
    cookies,
    get: (path) => send(path, {}),
    post,
    act: async ({ id, path }, args, changed = {}) => {
      const answer = await post(
        (changed.path ?? path).replace('[id]', NO_ONES_REQUEST).replace('[deliveryId]', '1'),
        JSON.stringify(args),
        {
          'next-action': id,
          'content-type': 'text/plain;charset=UTF-8',
          ...(changed.headers ?? { origin: url }),
        },
      )
      return toldBy(await answer.text())
    },
  }
}

/** Signed in by a one-time link, over the real door. */
export async function signedIn(product: Product, person: { id: string }): Promise<Visitor> {
  const who = visitor(product)
  const answer = await knockByLink(
    product,
    who,
    (await product.link(person.id)).split('#')[1] ?? '',
  )
  if (answer.status !== 200) throw new Error(`not signed in: ${answer.status}`)
  // The session is new, so its pages bring a nonce of its own.
  await who.get('/account')
  return who
}

export async function knockByLink(
  product: Product,
  who: Visitor,
  secret: string,
): Promise<Response> {
  await who.get('/sign-in')
  const { csrfToken } = (await (await who.get('/api/auth/csrf')).json()) as { csrfToken: string }
  const form = new URLSearchParams({ secret, csrfToken, json: 'true' })
  return await who.post('/api/auth/callback/link', form, { origin: product.url })
}

function toldBy(stream: string): Told {
  const row = stream.split('\n').find((line) => line.startsWith('1:'))
  try {
    return row === undefined ? undefined : (JSON.parse(row.slice(2)) as Told)
  } catch {
    // A row that is no JSON: an error, or nothing.
    return undefined
  }
}

/** Rows that other processes write by the clock, or that knocking itself counts. */
const MOVING = new Set([
  'outbox',
  'unsealed_events',
  'log_leaves',
  'checkpoints',
  'decisions',
  'decision_answers',
  'rate_limits',
  'slack_messages',
  'slack_watches',
  'slack_deliveries',
  'webhook_deliveries',
  'webhook_attempts',
])

/** Of rows that say something else besides: when a session was seen or a key was used, what was evaluated again, what Slack was told. */
const MOVING_COLUMNS = [
  'last_seen_at',
  'last_used_at',
  'evaluated_seq',
  'next_check_at',
  'decision_count',
  'sent_at',
  'due_at',
  'attempts',
  'why',
  'lease_until',
]
  .map((name) => `'${name}'`)
  .join(', ')

/** What is in the database, a fingerprint a table: equal before and after means that nothing was written. */
export async function everyRow({ runtime }: Product): Promise<Record<string, string>> {
  const tables = await runtime.db.$queryRaw<{ name: string }[]>`
    SELECT table_name AS name FROM information_schema.tables
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`
  const prints: Record<string, string> = {}
  for (const { name } of tables.filter((table) => !MOVING.has(table.name))) {
    const [row] = await runtime.db.$queryRawUnsafe<{ print: string }[]>(
      `SELECT count(*) || ':' || coalesce(md5(string_agg(x, '' ORDER BY x)), '') AS print FROM (
         SELECT (to_jsonb(t) - ARRAY[${MOVING_COLUMNS}])::text AS x
         FROM "${name}" t ${name === 'events' ? `WHERE t.actor->>'kind' <> 'system'` : ''}) r`,
    )
    prints[name] = row?.print ?? ''
  }
  return prints
}
