import type { App } from '@slack/bolt'
import * as addEvidence from './add-evidence'
import * as approve from './approve'
import * as command from './command'
import type { ListenerDeps } from './deps'
import * as details from './details'
import * as evidenceSubmitted from './evidence-submitted'
import * as home from './home'
import * as link from './link'
import * as linkShared from './link-shared'
import * as reject from './reject'
import * as voteSubmitted from './vote-submitted'

/** Every listener of the app, one a file. */
const LISTENERS: readonly { register: (app: App, deps: ListenerDeps) => void }[] = [
  approve,
  reject,
  details,
  addEvidence,
  voteSubmitted,
  evidenceSubmitted,
  home,
  command,
  linkShared,
  link,
]

export function registerListeners(app: App, deps: ListenerDeps): void {
  for (const { register } of LISTENERS) register(app, deps)
}
