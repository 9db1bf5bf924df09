import type { App } from '@slack/bolt'
import type { SlackDeps } from '../app'

/** Every listener of the app, one a file: each exports `register(app, deps)`. */
const REGISTER: ((app: App, deps: SlackDeps) => void)[] = []

export function registerListeners(app: App, deps: SlackDeps): void {
  for (const register of REGISTER) register(app, deps)
}
