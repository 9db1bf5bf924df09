import { revalidatePath } from 'next/cache'
import { attachFile, TOO_LARGE } from '#lib/commands/evidence/attach-file'
import { type Refusal, refusalEntry } from '#lib/core/refusals'
import { type BytesRead, readBytes } from '#lib/files/read-bytes'
import { takesEvidence } from '#lib/queries/ticket/attachment'
import { getWeb } from '#lib/web'
import { FILE_HEADERS, MOST_FILE_BYTES, type UploadAnswer } from '#lib/wire/files'
import {
  DATABASE_DOWN,
  type NotDone,
  OTHER_SITE,
  SIGNED_OUT,
  toldRefusal,
} from '../../../../_server/told'
import { onTicket } from '../on-ticket'

type Context = { params: Promise<{ id: string }> }

/** A phone on a bad line pauses; nobody is waited for longer. */
const STALL_MS = 20_000
/** Uploads that one process holds in memory. */
const MOST_AT_ONCE = 8
let atOnce = 0

interface Told {
  status: number
  answer: UploadAnswer
}

/**
 * Takes a file in: its bytes are the body, its name and description come in headers, which no form of another site can send.
 * A handler and no action, since actions read a whole body before anybody is asked who sends it.
 */
export async function POST(request: Request, { params }: Context): Promise<Response> {
  const { id } = await params
  const told = await onTicket<Told>(id, async (personId, requestId) => {
    const refusal = refusedUnread(request)
    if (refusal) return refusal
    // Before anything is waited for: of many that come at once no more than these go on.
    atOnce += 1
    try {
      const open = await takesEvidence(getWeb().runtime, requestId)
      return open.ok ? await take(request, { personId, requestId }) : refused(open.refusal)
    } finally {
      atOnce -= 1
    }
  })
  const { status, answer } = 'status' in told ? told : { status: statusOf(told), answer: told }
  return Response.json(answer, { status, headers: { 'cache-control': 'no-store' } })
}

/** What can be said before a byte is read. */
function refusedUnread(request: Request): Told | null {
  const length = request.headers.get('content-length') ?? ''
  if (!/^\d{1,15}$/.test(length)) return { status: 411, answer: NO_LENGTH }
  if (Number(length) > MOST_FILE_BYTES) return onFile(413, 'The file is too large', TOO_LARGE)
  return atOnce >= MOST_AT_ONCE ? { status: 503, answer: BUSY } : null
}

async function take(
  request: Request,
  { personId, requestId }: { personId: string; requestId: string },
): Promise<Told> {
  const name = readHeader(request, FILE_HEADERS.name)
  const description = readHeader(request, FILE_HEADERS.description)
  if (name === null || description === null) return { status: 400, answer: UNREADABLE_NAME }
  const read = await readBody(request)
  if (!read.ok) return READ_FAULTS[read.why]
  const done = await attachFile(getWeb().runtime, {
    requestId,
    personId,
    name,
    description: description === '' ? null : description,
    bytes: read.bytes,
  })
  revalidatePath(`/tickets/${requestId}`)
  return done.ok ? { status: 200, answer: DONE } : refused(done.refusal)
}

async function readBody({ body }: Request): Promise<BytesRead> {
  if (body === null) return { ok: true, bytes: new Uint8Array() }
  return await readBytes(body, { mostBytes: MOST_FILE_BYTES, stallMs: STALL_MS })
}

/** '' where it was not sent; null for what is no percent-encoded UTF-8. */
function readHeader({ headers }: Request, name: string): string | null {
  try {
    return decodeURIComponent(headers.get(name) ?? '').trim()
  } catch {
    return null
  }
}

function refused(refusal: Refusal): Told {
  return { status: refusalEntry(refusal.code).status, answer: toldRefusal(refusal) }
}

function onFile(status: number, title: string, text: string): Told {
  return { status, answer: { ok: false, title, text, fields: { file: text } } }
}

/** What the guard says by itself. */
function statusOf(told: NotDone): number {
  if (told === OTHER_SITE) return 403
  if (told === SIGNED_OUT) return 401
  if (told === DATABASE_DOWN) return 503
  return told.title === refusalEntry('not_found').title ? 404 : 500
}

const DONE: UploadAnswer = { ok: true, text: 'File attached.' }

const READ_FAULTS: Record<Extract<BytesRead, { ok: false }>['why'], Told> = {
  too_large: onFile(413, 'The file is too large', TOO_LARGE),
  broken_off: onFile(
    400,
    'The upload broke off',
    'Not all of it came, so nothing was attached. Send it again.',
  ),
  stalled: onFile(
    408,
    'The upload stopped',
    'Nothing more came, so nothing was attached. Send it again.',
  ),
}

const NO_LENGTH: UploadAnswer = {
  ok: false,
  title: 'The size is not known',
  text: 'Send Content-Length with the file. Nothing was attached.',
}

const BUSY: UploadAnswer = {
  ok: false,
  title: 'Many files are being sent just now',
  text: 'Nothing was attached. Try again in a moment; what you typed is still here.',
}

const UNREADABLE_NAME: UploadAnswer = {
  ok: false,
  title: 'The name of the file cannot be read',
  text: 'Nothing was attached. Rename the file and choose it again.',
}
