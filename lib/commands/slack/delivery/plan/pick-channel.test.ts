import { expect, it } from 'vitest'
import { readRouting } from '#lib/wire/slack/routing'
import { pickChannel, type Subject } from './pick-channel'

const read = readRouting(`
routes:
  - { channel: C0PAY, risks: [money_outward] }
  - { channel: C0PROD, tools: [deploy.*], environments: [production] }
  - { channel: C0DEPLOY, tools: [deploy.*, config.write] }
  - { channel: C0RULE, rules: [drop_table] }
default: C0OTHER
`)
if (!read.ok) throw new Error(JSON.stringify(read.refusal))
const { routing } = read.value
const subject = (given: Partial<Subject>): Subject => ({
  tools: ['mail.send'],
  environment: null,
  rules: [],
  risk: 'external_side_effect',
  ...given,
})

it.each<[string, Partial<Subject>, string]>([
  ['the first that fits', { tools: ['deploy.web'], risk: 'money_outward' }, 'C0PAY'],
  ['tool and environment', { tools: ['deploy.web'], environment: 'production' }, 'C0PROD'],
  ['the tool alone', { tools: ['deploy.web'], environment: 'staging' }, 'C0DEPLOY'],
  ['no environment where one is asked for', { tools: ['deploy.web'] }, 'C0DEPLOY'],
  ['any of its tools', { tools: ['read.it', 'config.write'] }, 'C0DEPLOY'],
  ['no part of a name', { tools: ['deployment.web', 'config.write.all'] }, 'C0OTHER'],
  ['a rule that applied', { rules: ['a', 'drop_table'] }, 'C0RULE'],
  ['else the default', {}, 'C0OTHER'],
])('%s', (_, given, channel) => {
  expect(pickChannel(routing, subject(given))).toBe(channel)
})

it('there is none where nothing fits and none is the default', () => {
  expect(pickChannel({ ...routing, defaultChannel: null }, subject({}))).toBeNull()
})
