import template from '../../slack/manifest.json' with { type: 'json' }

type Manifest = typeof template

export interface ManifestOptions {
  /** Socket Mode: there is no address that Slack could send to. */
  socket: boolean
  /** Token rotation. */
  rotate: boolean
}

/**
 * The app's manifest for an installation at this address.
 *
 * @param publicUrl origin, such as https://countersign.example
 */
export function slackManifest(
  publicUrl: string,
  { socket, rotate }: ManifestOptions,
): { manifest: object; advice: string[] } {
  const { hostname, protocol } = new URL(publicUrl)
  const filled = JSON.parse(
    JSON.stringify(template)
      .replaceAll('{PUBLIC_URL}', publicUrl)
      .replaceAll('{PUBLIC_HOST}', hostname),
  ) as Manifest
  const isLocal = hostname === 'localhost' || hostname.endsWith('.localhost')
  const { settings, features } = filled
  const manifest = {
    ...filled,
    // Slack takes only domains that exist.
    features: { ...features, unfurl_domains: isLocal ? [] : features.unfurl_domains },
    settings: { ...settings, socket_mode_enabled: socket, token_rotation_enabled: rotate },
  }
  return { manifest: socket ? withoutAddresses(manifest) : manifest, advice: advise() }

  function advise(): string[] {
    const advice: string[] = []
    if (protocol !== 'https:' && !socket) {
      advice.push(
        `Slack sends to https addresses only, and cannot reach ${publicUrl}: use --socket.`,
      )
    }
    if (isLocal) advice.push('Links to this address are not unfurled: Slack does not know it.')
    return advice
  }
}

/** In Socket Mode everything comes over the socket. */
function withoutAddresses(manifest: Manifest): object {
  const { features, settings } = manifest
  return {
    ...manifest,
    features: {
      ...features,
      slash_commands: features.slash_commands.map(({ url: _url, ...command }) => command),
    },
    settings: {
      ...settings,
      event_subscriptions: { bot_events: settings.event_subscriptions.bot_events },
      interactivity: { is_enabled: settings.interactivity.is_enabled },
    },
  }
}
