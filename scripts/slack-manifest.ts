import { parseArgs } from 'node:util'
import { loadEnvFile } from '../lib/config'
import { slackManifest } from './lib/slack-manifest'

const HELP = `npm run slack:manifest -- [--url https://countersign.example] [--socket] [--rotate]

Prints the manifest to paste at https://api.slack.com/apps?new_app=1 ("From a manifest").
  --url     Address of this installation; PUBLIC_URL where it is left out
  --socket  For Socket Mode: Slack opens no connection to this installation
  --rotate  Tokens that end after twelve hours and are renewed; needs SLACK_CLIENT_ID, and Slack never turns it off again`

loadEnvFile()
const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    socket: { type: 'boolean', default: false },
    rotate: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const url = values.url ?? process.env['PUBLIC_URL']
if (values.help || !url || !URL.canParse(url)) {
  console.error(HELP)
  process.exit(values.help ? 0 : 1)
}
const { manifest, advice } = slackManifest(new URL(url).origin, values)
console.log(JSON.stringify(manifest, null, 2))
for (const sentence of advice) console.error(sentence)
