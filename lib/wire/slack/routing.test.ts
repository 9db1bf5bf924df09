import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import { windowAt } from '#lib/core/policy/window'
import { type Routing, readRouting } from './routing'

function read(source: string): Routing {
  const result = readRouting(source)
  if (!result.ok) throw new Error(JSON.stringify(result.refusal))
  return result.value.routing
}
function problems(source: string): string[] {
  const result = readRouting(source)
  if (result.ok) throw new Error('It was read')
  return (result.refusal.fields ?? []).map(({ path, message }) => `${path} ${message}`)
}

describe('a routing', () => {
  it('says everything that it can say, in milliseconds', () => {
    const routing = read(`
routes:
  - { channel: C0PROD, tools: [deploy.*], environments: [production] }
  - { channel: C0PROD, rules: [pay], risks: [money_outward] }
default: C0OTHER
alerts: C0ALERTS
direct_messages: 3
requesters: false
remind: { after: 30m, every: 2h }
escalate:
  - { after: 2h, group: managers }
  - { after: 4h, channel: C0WAR }
cool_off: 10m
flood: { cards: 4, within: 1m }
`)
    expect(routing).toMatchObject({
      routes: [
        { channel: 'C0PROD', tools: ['deploy.*'], environments: ['production'], rules: null },
        { channel: 'C0PROD', tools: null, rules: ['pay'], risks: ['money_outward'] },
      ],
      defaultChannel: 'C0OTHER',
      alertsChannel: 'C0ALERTS',
      directMessages: 3,
      requesters: false,
      remind: { afterMs: 30 * MINUTE_MS, everyMs: 2 * HOUR_MS, most: 3 },
      escalate: [
        { afterMs: 2 * HOUR_MS, group: 'managers' },
        { afterMs: 4 * HOUR_MS, channel: 'C0WAR' },
      ],
      coolOffMs: 10 * MINUTE_MS,
      flood: { cards: 4, withinMs: MINUTE_MS },
    })
  })

  it('that says nothing has the defaults and no channel', () => {
    expect(read('')).toEqual({
      routes: [],
      defaultChannel: null,
      alertsChannel: null,
      directMessages: 5,
      requesters: true,
      remind: null,
      escalate: [],
      quiet: null,
      coolOffMs: 15 * MINUTE_MS,
      flood: { cards: 10, withinMs: 5 * MINUTE_MS },
    })
  })

  it.each([
    ['a typing error', '\ndefualt: C0PROD', '/defualt Line 2: defualt is no setting here.'],
    [
      'a typing error deep within',
      'default: C0A\nroutes:\n  - channel: C0A\n    tols:\n      - a',
      '/routes/0/tols Line 4: tols is no setting here.',
    ],
    [
      'nothing after the name',
      'alerts: C0A\nalrets:',
      '/alrets Line 2: alrets is no setting here.',
    ],
    [
      'no channel',
      'routes:\n  - tools: [a]',
      '/routes/0/channel Line 2: Write the id of a channel',
    ],
    ['a text for a list', 'default: C0A\nroutes: C0PROD', '/routes Line 2: routes takes a list'],
    [
      'too many',
      'direct_messages: 99',
      '/direct_messages Line 1: direct_messages takes at most 20.',
    ],
    ['half a message', 'direct_messages: 1.5', 'Line 1: direct_messages takes a whole number.'],
    ['a word for a switch', 'requesters: maybe', 'Line 1: requesters takes true or false.'],
    ['no names', 'routes: [{ channel: C0A, rules: [] }]', 'Line 1: rules takes at least 1 entry.'],
    ['a channel’s name', 'default: "#releases"', '/default Line 1: Write the id of a channel'],
    ['a number as a channel', 'default: 17', '/default Line 1: Write the id of a channel'],
    ['a bare number of minutes', 'cool_off: 15', '/cool_off Line 1: Write a duration'],
    ['an unknown zone', 'quiet: { zone: Mars/Base, from: "22:00", to: "07:00" }', 'time zone'],
    ['quiet hours that never end', 'quiet: { zone: UTC, from: "07:00", to: "07:00" }', 'end when'],
    ['a step to nowhere', 'escalate: [{ after: 1h }]', '/escalate/0 Line 1: A step names'],
    ['steps out of order', 'escalate: [{ after: 2h, group: a }, { after: 1h, group: b }]', 'order'],
    [
      'reminders for nobody',
      'direct_messages: 0\nremind: { after: 1h, every: 1h }',
      '/remind Line 2: Reminders go to people',
    ],
    ['an anchor', 'default: &a C0PROD\nalerts: *a', 'Anchors'],
    ['a key twice', 'default: C0PROD\ndefault: C0TEST', 'unique'],
    [
      'a risk that is none',
      'routes:\n  - channel: C0PROD\n    risks: [huge]',
      'Line 3: risks takes read_only, ',
    ],
    ['what is no document', '- 1', 'A routing takes settings, each as name: value.'],
  ])('with %s is refused, and says where', (_, source, words) => {
    expect(problems(source).join('\n')).toContain(words)
  })
})

describe('quiet hours', () => {
  const at = (text: string) => Date.parse(text)

  it('over midnight end in the morning after, by the clock of their zone', () => {
    const { quiet } = read('quiet: { zone: Europe/Berlin, from: "22:00", to: "07:00" }')
    if (!quiet) throw new Error('no quiet hours')
    expect(windowAt(quiet, at('2026-03-16T20:59:59Z')).open).toBe(false)
    expect(windowAt(quiet, at('2026-03-16T21:00:00Z'))).toEqual({
      open: true,
      shutsAt: at('2026-03-17T06:00:00Z'),
    })
    // The clock is set forward in the night of 28 March.
    expect(windowAt(quiet, at('2026-03-28T23:00:00Z')).shutsAt).toBe(at('2026-03-29T05:00:00Z'))
  })

  it('belong to the day on which they begin', () => {
    const { quiet } = read('quiet: { zone: UTC, from: "22:00", to: "07:00", days: [fri] }')
    if (!quiet) throw new Error('no quiet hours')
    expect(windowAt(quiet, at('2026-03-21T06:00:00Z')).open).toBe(true) // Saturday morning
    expect(windowAt(quiet, at('2026-03-20T06:00:00Z')).open).toBe(false) // Friday morning
  })
})
