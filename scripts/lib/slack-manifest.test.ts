import { expect, test } from 'vitest'
import { SLACK_SCOPES } from '#lib/wire/slack/install'
import template from '../../slack/manifest.json' with { type: 'json' }
import { slackManifest } from './slack-manifest'

const HTTP = { socket: false, rotate: false }

test('the manifest asks for exactly what an installation from the console asks for', () => {
  expect([...template.oauth_config.scopes.bot].sort()).toEqual([...SLACK_SCOPES].sort())
})

test('every address is of this installation, and nothing is left to fill in', () => {
  const { manifest, advice } = slackManifest('https://countersign.example', HTTP)
  const text = JSON.stringify(manifest)
  expect(text).not.toContain('{PUBLIC')
  const urls = text.match(/https:\/\/[^"]+/g)
  expect(urls?.sort()).toEqual([
    'https://countersign.example/slack/commands',
    'https://countersign.example/slack/events',
    'https://countersign.example/slack/interactive',
    'https://countersign.example/slack/oauth',
  ])
  expect(manifest).toMatchObject({
    features: { unfurl_domains: ['countersign.example'] },
    settings: { socket_mode_enabled: false, org_deploy_enabled: false },
  })
  expect(advice).toEqual([])
})

test('for Socket Mode there is no address to send to', () => {
  const { manifest } = slackManifest('https://countersign.example', { socket: true, rotate: true })
  expect(JSON.stringify(manifest).match(/https:\/\/[^"]+/g)).toEqual([
    'https://countersign.example/slack/oauth',
  ])
  expect(manifest).toMatchObject({
    settings: { socket_mode_enabled: true, token_rotation_enabled: true },
  })
})

test('an address that Slack cannot reach is told', () => {
  const { manifest, advice } = slackManifest('http://localhost:3000', HTTP)
  expect(advice.join(' ')).toContain('use --socket')
  expect(manifest).toMatchObject({ features: { unfurl_domains: [] } })
})
