import { SocketModeReceiver } from '@slack/bolt'
import type { Log } from '#lib/log'
import { type Body, deliveryId } from './delivery'
import { boltLogger } from './logger'

export interface SocketOptions {
  /** Starts with xapp- */
  appToken: string
  /** Of Slack's Web API, where the address of the socket is asked for. */
  apiUrl: string
  log: Log
}

/** Takes in what Slack sends over a web socket that we open: for places that Slack cannot reach. */
export function createSocketReceiver({ appToken, apiUrl, log }: SocketOptions): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken,
    logger: boltLogger(log),
    installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    customPropertiesExtractor: ({ envelope_id: envelope, body }: Envelope) => ({
      deliveryId: deliveryId(body, `envelope:${envelope}`),
    }),
  })
}

interface Envelope {
  envelope_id: string
  body: Body
}
