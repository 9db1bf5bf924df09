import { randomBytes } from 'node:crypto'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createActs } from './acts'
import { startBackend } from './backend'
import { createHooks } from './hooks'
import { openJournal } from './journal'
import { pageFile } from './page-file'
import { type EmulatorServer, startServer } from './server'
import { createWebApi } from './web-api'
import { APP, TEAM } from './workspace'

export interface SlackEmulator {
  /** The page on which people act in Slack, such as http://127.0.0.1:3001 */
  pageUrl: string
  botToken: string
  signingSecret: string
  /** What the product's processes are given. */
  env: Record<string, string>
  /** From now on the page shows the code that each user's authenticator app shows. For a demonstration's people alone. */
  showCodes(codeOf: (userName: string) => Promise<string | null>): void
  close(): Promise<void>
}

export interface SlackEmulatorOptions {
  /** Where the product listens, on this machine. */
  productOrigin: string
  /** Links to it are told to the app. */
  publicUrl: string
  /** IANA zone of the times on the page. */
  zone: string
  /** The page's port; another one when it is taken. */
  port: number
  /** Folder in which messages outlive a start; null keeps nothing. */
  folder: string | null
}

/** How long messages may be unwritten. */
const SAVE_EVERY_MS = 1_000

/** A Slack workspace on this machine: the Web API for the product, and a page for people. */
export async function startSlackEmulator(options: SlackEmulatorOptions): Promise<SlackEmulator> {
  const botToken = `xoxb-${randomBytes(24).toString('hex')}`
  const signingSecret = randomBytes(16).toString('hex')
  const file = options.folder === null ? null : path.resolve(options.folder, 'slack-messages.json')
  const journal = await openJournal(file)
  const backend = await startBackend(botToken, journal)
  const api = createWebApi(backend, journal)
  let server: EmulatorServer | null = null
  try {
    server = await startServer({ ...options, api, botToken, journal })
    const hooks = createHooks({ backend, journal }, server.origin)
    const sender = {
      appId: APP.id,
      teamId: TEAM.id,
      teamDomain: TEAM.domain,
      botUserId: APP.botUserId,
    }
    const product = { origin: options.productOrigin, secret: signingSecret }
    const publicHost = new URL(options.publicUrl).host
    const acts = createActs({ backend, api, journal, hooks, sender, product, publicHost })
    server.open({ acts, hooks })
  } catch (error) {
    await server?.close()
    await backend.close()
    throw error
  }
  let savedVersion = journal.version()
  const save = async () => {
    if (savedVersion === journal.version()) return
    savedVersion = journal.version()
    await journal.save()
  }
  const saving = setInterval(() => void save().catch(() => null), SAVE_EVERY_MS)
  saving.unref()
  const { origin, open, close } = server
  if (options.folder !== null) await writeFile(pageFile(options.folder), origin, { mode: 0o600 })
  return {
    pageUrl: origin,
    botToken,
    signingSecret,
    env: {
      SLACK_APP_ID: APP.id,
      SLACK_SIGNING_SECRET: signingSecret,
      SLACK_BOT_TOKEN: botToken,
      SLACK_API_URL: `${origin}/api/`,
    },
    showCodes: (codeOf) => open({ codeOf }),
    close: async () => {
      clearInterval(saving)
      await Promise.all([close(), backend.close()])
      await save()
      if (options.folder !== null) await rm(pageFile(options.folder), { force: true })
    },
  }
}
