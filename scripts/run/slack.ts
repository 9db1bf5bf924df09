import type { Config } from '../../lib/config'
import type { SlackEmulator } from '../slack/emulator'

/** Slack for development: played on this machine, or a sentence that says why it is off. */
export type DevelopmentSlack = { emulator: SlackEmulator } | { emulator: null; why: string }

/**
 * Plays Slack where nobody set a real one up. For the embedded database only.
 *
 * @returns null where Slack is set up
 */
export async function playSlack(
  given: NodeJS.ProcessEnv,
  { port, publicUrl, dataFolder, timeZone }: Config,
): Promise<DevelopmentSlack | null> {
  if (Object.entries(given).some(([name, value]) => name.startsWith('SLACK_') && value)) return null
  try {
    const { startSlackEmulator } = await import('../slack/emulator')
    const emulator = await startSlackEmulator({
      productOrigin: `http://127.0.0.1:${port}`,
      publicUrl,
      zone: timeZone,
      port: port + 1,
      folder: dataFolder,
    })
    return { emulator }
  } catch (error) {
    if (!isMissing(error)) throw error
    const why =
      'Slack is off: the development packages that play it are not installed, and SLACK_APP_ID is not set.'
    return { emulator: null, why }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
}
