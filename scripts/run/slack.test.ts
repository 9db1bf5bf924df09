import { expect, test } from 'vitest'
import { parseConfig } from '../../lib/config'
import { playSlack } from './slack'

test('where a real Slack is set up, none is played', async () => {
  const set = {
    SLACK_APP_ID: 'A0123456789',
    SLACK_SIGNING_SECRET: 'a signing secret of Slack',
    SLACK_BOT_TOKEN: 'xoxb-1',
  }
  const config = parseConfig({
    ...set,
    DATABASE_URL: 'postgresql://localhost/none',
    COUNTERSIGN_SECRET: 'a-secret-of-more-than-thirty-two-characters',
  })
  expect(await playSlack({ ...set, NODE_ENV: 'test' }, config)).toBeNull()
})
