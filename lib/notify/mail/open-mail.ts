import { createTransport } from 'nodemailer'
import type { Config } from '#lib/config'
import { SECOND_MS } from '#lib/core/durations'

export interface Mail {
  to: { name: string; address: string }
  subject: string
  /** What is to be read where no HTML is drawn; both say the same. */
  text: string
  html: string
}

/** The way out by mail. */
export interface Mailer {
  /**
   * Hands one mail to the server, over a connection of its own.
   * @throws when the server cannot be reached, does not answer in time or does not take it
   */
  send(mail: Mail): Promise<void>
}

const CONNECT_MS = 10 * SECOND_MS
const ANSWER_MS = 20 * SECOND_MS
const SUBMISSION_PORT = 587
const TLS_PORT = 465
const THIS_MACHINE = /^(localhost|127\.0\.0\.1|\[::1\])$/

/** Null where no mail server is configured. Nothing leaves this machine without TLS: what is sent signs people in. */
export function openMail({ mail }: Pick<Config, 'mail'>): Mailer | null {
  if (mail === null) return null
  const url = new URL(mail.smtpUrl)
  const isTls = url.protocol === 'smtps:'
  const isHere = THIS_MACHINE.test(url.hostname)
  const transport = createTransport({
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? defaultPort(isTls) : Number(url.port),
    secure: isTls,
    requireTLS: !(isTls || isHere),
    ignoreTLS: isHere && !isTls,
    ...(url.username !== '' && {
      auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    send: async ({ to, subject, text, html }) => {
      await transport.sendMail({
        from: mail.from,
        to,
        subject,
        text,
        html,
        // RFC 3834: absence notes do not answer it.
        headers: { 'Auto-Submitted': 'auto-generated' },
      })
    },
  }
}

function defaultPort(isTls: boolean): number {
  return isTls ? TLS_PORT : SUBMISSION_PORT
}
