import { expect, it } from 'vitest'
import { isAnswerAddress } from './response-url'

const SLACK = 'https://slack.com/api/'
const at = (address: string, teamId: string | null = 'T0OURS', apiUrl = SLACK) =>
  isAnswerAddress(address, { apiUrl, teamId })

it('addresses that Slack makes for clicks and commands in our workspace are answered at', () => {
  expect(at('https://hooks.slack.com/commands/T0OURS/123/a-b_C9')).toBe(true)
  expect(at('https://hooks.slack.com/actions/T0OURS/123/abc')).toBe(true)
})

it('nothing is sent to an address of another workspace, of an incoming webhook, or while no workspace is known', () => {
  for (const odd of [
    'https://hooks.slack.com/commands/T0THEIRS/123/abc',
    'https://hooks.slack.com/services/T0OURS/B0/abc',
    'https://hooks.slack.com/commands/T0OURS',
    'https://hooks.slack.com/commands/T0OURS/',
    'https://hooks.slack.com/commands/T0OURS/..%2f..%2fservices/abc',
    'https://hooks.slack.com/commands/T0OURS/../T0THEIRS/abc',
    'https://slack.com/commands/T0OURS/123/abc',
  ]) {
    expect([odd, at(odd)]).toEqual([odd, false])
  }
  expect(at('https://hooks.slack.com/commands/T0OURS/123/abc', null)).toBe(false)
})

it('an emulator in the place of Slack is answered at its own addresses', () => {
  const emulator = 'http://127.0.0.1:4003/api/'
  expect(at('http://127.0.0.1:4003/hooks/one', null, emulator)).toBe(true)
  expect(at('http://127.0.0.1:4004/hooks/one', null, emulator)).toBe(false)
})
