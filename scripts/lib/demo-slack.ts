import { linkSlack } from '#lib/commands/slack/person/link-slack'
import { startSlackLink } from '#lib/commands/slack/person/start-slack-link'
import { installAtStart } from '#lib/commands/slack/workspace/install-from-token'
import { publishRouting } from '#lib/commands/slack/workspace/publish-routing'
import { createRuntime, type Runtime } from '../../lib/runtime'
import type { Product } from '../run/product'
import { APP, CHANNELS, TEAM, USERS } from '../slack/workspace'
import { codeNotUsed, knowAll, must, unusedCode } from './demo-people'

/** Left unlinked, so that a newcomer can try how it is done. */
const UNLINKED = 'daniel'
const INSTALL_LIMIT_MS = 10_000
const DEMO_DOMAIN = '@osterby.example'
const [RELEASES, FINANCE, ALERTS] = CHANNELS

const ROUTING = `# Where held requests are announced. Who may approve them is the policy's business, not this file's.
routes:
  - channel: ${FINANCE?.id} # ${FINANCE?.name}
    risks: [money_outward]
default: ${RELEASES?.id} # ${RELEASES?.name}
alerts: ${ALERTS?.id} # ${ALERTS?.name}
direct_messages: 5
requesters: true
remind: { after: 30m, every: 2h, most: 3 }
escalate:
  - { after: 2h, channel: ${ALERTS?.id} }
`

/** What the demonstration needs of Slack: the workspace, and who is who. Safe to call at each start. */
export async function seedSlack(runtime: Runtime): Promise<void> {
  const { slack } = runtime.config
  if (!slack?.botToken || slack.appId !== APP.id) return
  // As the web process does it: the token is new at each start.
  await installAtStart(runtime, AbortSignal.timeout(INSTALL_LIMIT_MS))
  await seedLinks(runtime)
  if ((await runtime.db.slackRouting.count()) > 0) return
  must(await publishRouting(runtime, { source: ROUTING, personId: null }))
}

/**
 * Has the page show the demonstration's codes, so that a newcomer can vote at once. Whatever runs on this machine can read the
 * page, so it shows none where anybody is at work who is not of the demonstration. Returns how to end it.
 */
export async function showCodes({
  config,
  slack,
}: Pick<Product, 'config' | 'slack'>): Promise<() => Promise<void>> {
  const runtime = await createRuntime({ ...config, logLevel: 'warn', databasePoolMax: 1 })
  slack?.showCodes(async (name) => {
    if (!isOnThisMachine(runtime.config.publicUrl) || (await hasOthers(runtime))) return null
    const person = await runtime.db.person.findUnique({ where: { email: demoAddress(name) } })
    return person && (await codeNotUsed(runtime, person.id))
  })
  return () => {
    slack?.showCodes(() => Promise.resolve(null))
    return runtime.close()
  }
}

/** Whoever was linked once is left as they are: they may have ended it. */
async function seedLinks(runtime: Runtime): Promise<void> {
  for (const { id, name, realName } of USERS) {
    if (name === UNLINKED || (await runtime.db.slackLink.count({ where: { userId: id } })) > 0) {
      continue
    }
    const person = await runtime.db.person.findUnique({ where: { email: demoAddress(name) } })
    if (!person) continue
    const user = { enterpriseId: '', teamId: TEAM.id, userId: id }
    const { url } = must(await startSlackLink(runtime, { user, userName: realName }))
    const secret = new URL(url).hash.slice(1)
    const before = await runtime.db.totp.findUnique({ where: { personId: person.id } })
    const proof = before && { kind: 'totp' as const, code: await unusedCode(runtime, person.id) }
    must(await linkSlack(runtime, { secret, personId: person.id, proof }))
    await knowAll(runtime, person.id)
    // Nobody has typed that code: the person may use it still.
    if (before) {
      const data = { lastStep: before.lastStep }
      await runtime.db.totp.update({ where: { personId: person.id }, data })
    }
  }
}

function demoAddress(name: string): string {
  return `${name}${DEMO_DOMAIN}`
}

async function hasOthers({ db }: Runtime): Promise<boolean> {
  return (await db.person.count({ where: { NOT: { email: { endsWith: DEMO_DOMAIN } } } })) > 0
}

function isOnThisMachine(publicUrl: string): boolean {
  const { hostname } = new URL(publicUrl)
  return hostname === 'localhost' || hostname.endsWith('.localhost')
}
