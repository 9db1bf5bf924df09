import { visibleText } from '../../../lib/core/contract/visible'
import type { Command } from '../command'
import { plain } from '../failure'
import { readJwks } from '../jwks'

export const keys: Command = {
  name: 'keys',
  summary: 'show the public keys that tokens are signed with',
  usage: '[--jwks FILE|URL]',
  about: `Shows the published keys (/.well-known/jwks.json). With --json they are the member jwks: keep that in a file to verify
tokens and records where there is no network, or where the server is not to be believed.`,
  options: { jwks: { value: 'FILE|URL', help: 'these keys instead of those at COUNTERSIGN_URL' } },
  examples: ['countersign keys --json | jq .jwks > jwks.json'],
  settings: ['url'],
  exits: ['unreachable', 'settings'],
  act: async (call) => {
    call.given.none()
    const jwks = await readJwks(call, call.given.text('jwks'))
    const lines = jwks.keys.map(({ kid, alg, kty, crv }) =>
      visibleText([kid, alg, kty, crv].filter(Boolean).join('  ')),
    )
    return { exit: 'ok', json: { jwks: plain(jwks) }, lines }
  },
}
