import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface SunkMail {
  /** As the envelope says, which is where it goes. */
  from: string
  to: string[]
  /** By lower-case name, unfolded. */
  headers: Map<string, string>
  text: string
  html: string
  raw: string
}

export interface SmtpSink {
  /** Of a mail server on this machine, without TLS. */
  url: string
  port: number
  mails: SunkMail[]
  /** What it says to the next mails instead of taking them; null: it takes them. */
  refusal: string | null
  /** Mail is not answered before this is settled. */
  gate: Promise<void>
  close(): Promise<void>
}

/** A mail server that keeps what it is given (RFC 5321). */
export async function startSmtpSink(): Promise<SmtpSink> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, { envelope }, callback) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        void sink.gate.then(() => {
          if (sink.refusal !== null) return callback(new Error(sink.refusal))
          const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
          const to = envelope.rcptTo.map(({ address }) => address)
          sink.mails.push({ from, to, ...read(Buffer.concat(chunks).toString('utf8')) })
          callback(null)
        })
      })
    },
  })
  // A client that goes away in the middle is no fault of the sink's.
  server.on('error', () => undefined)
  server.listen(0)
  await once(server.server, 'listening')
  const { port } = server.server.address() as AddressInfo
  const sink: SmtpSink = {
    url: `smtp://127.0.0.1:${port}`,
    port,
    mails: [],
    refusal: null,
    gate: Promise.resolve(),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return sink
}

function read(raw: string): Pick<SunkMail, 'headers' | 'text' | 'html' | 'raw'> {
  const whole = part(raw)
  const boundary = /boundary="?([^";]+)/.exec(whole.headers.get('content-type') ?? '')?.[1] ?? ''
  const parts = whole.body.split(`--${boundary}`).map((each) => part(each.trimStart()))
  const bodyOf = (type: string) =>
    parts.find(({ headers }) => headers.get('content-type')?.startsWith(type))?.body ?? ''
  return { headers: whole.headers, text: bodyOf('text/plain'), html: bodyOf('text/html'), raw }
}

function part(raw: string): { headers: Map<string, string>; body: string } {
  const [head = '', ...rest] = raw.split('\r\n\r\n')
  const lines = head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const at = line.indexOf(':')
      return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const
    }),
  )
  const body = rest.join('\r\n\r\n')
  const encoding = headers.get('content-transfer-encoding')
  if (encoding === 'base64') return { headers, body: Buffer.from(body, 'base64').toString('utf8') }
  return { headers, body: encoding === 'quoted-printable' ? unquoted(body) : body }
}

/** RFC 2045, section 6.7. */
function unquoted(body: string): string {
  const bytes = body
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
