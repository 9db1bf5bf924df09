import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '#lib/core/durations'
import type { Routing } from '#lib/wire/slack/routing'
import { planAnnouncement } from './plan-announcement'
import type { AnnounceState, Existing, Plan, Step } from './types'

const OPENED = Date.parse('2026-03-16T10:00:00Z')
const CHANNELS = ['C0A', 'C0B', 'C0C']
const PEOPLE = ['prs_a', 'prs_b', 'prs_c', 'prs_d']
const GROUPS = ['managers', 'directors']

const NIGHT: NonNullable<Routing['quiet']> = {
  zone: 'UTC',
  label: 'Quiet hours',
  hours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '12:00', to: '20:00' }],
  holidays: [],
  freezes: [],
}

const channel = fc.constantFrom(...CHANNELS)
const routing: fc.Arbitrary<Routing> = fc.record({
  routes: fc.array(
    fc.record({
      channel,
      tools: fc.option(fc.constant(['deploy.*'])),
      environments: fc.option(fc.constant(['production'])),
      rules: fc.constant(null),
      risks: fc.constant(null),
    }),
    { maxLength: 2 },
  ),
  defaultChannel: fc.option(channel),
  alertsChannel: fc.option(fc.constant('C0ALERTS')),
  directMessages: fc.nat(3),
  requesters: fc.boolean(),
  remind: fc.option(fc.constant({ afterMs: 30 * MINUTE_MS, everyMs: 2 * HOUR_MS, most: 3 })),
  escalate: fc.constantFrom<Routing['escalate']>(
    [],
    [{ afterMs: HOUR_MS, group: 'managers' }],
    [
      { afterMs: HOUR_MS, channel: 'C0B' },
      { afterMs: 3 * HOUR_MS, group: 'directors' },
    ],
  ),
  quiet: fc.option(fc.constant(NIGHT)),
  coolOffMs: fc.constant(15 * MINUTE_MS),
  flood: fc.record({ cards: fc.integer({ min: 1, max: 3 }), withinMs: fc.constant(5 * MINUTE_MS) }),
})

const byChannel = <T>(value: fc.Arbitrary<T>) => fc.dictionary(channel, value, { maxKeys: 2 })

const state: fc.Arbitrary<AnnounceState> = fc.record({
  requestId: fc.constant('req_1'),
  isOpen: fc.boolean(),
  openedAt: fc.constant(OPENED),
  deadlineAt: fc.option(fc.integer({ min: 1, max: 24 }).map((h) => OPENED + h * HOUR_MS)),
  closedAt: fc.constant(null),
  subject: fc.record({
    tools: fc.constantFrom(['deploy.web'], ['mail.send']),
    environment: fc.option(fc.constant('production')),
    rules: fc.constant([]),
    risk: fc.constant('production_control_plane' as const),
  }),
  needsPeople: fc.constant(true),
  people: fc.uniqueArray(
    fc.record({
      personId: fc.constantFrom(...PEOPLE),
      occasion: fc.constantFrom('asked' as const, 'confirm' as const),
      groups: fc.subarray(GROUPS),
    }),
    { selector: ({ personId }) => personId },
  ),
  requesterId: fc.option(fc.constant('prs_owner')),
  existing: fc.constant([]),
  watch: fc.constant(null),
  liveCards: byChannel(fc.constant('msg_live')),
  elders: fc.constant({}),
  rejectedAt: fc.option(fc.integer({ min: -60, max: 0 }).map((m) => OPENED + m * MINUTE_MS)),
  recent: fc.record({ cards: byChannel(fc.nat(4)), directs: fc.nat(4), alerts: fc.nat(4) }),
  digests: byChannel(fc.constant('msg_digest')),
  ownerDigest: fc.option(fc.constant('msg_owner_digest')),
  hasAlert: fc.boolean(),
})

/** The state once a plan was written down and all of it was sent. */
function carriedOut(before: AnnounceState, plan: Plan, now: number): AnnounceState {
  const rows = new Map(before.existing.map((each) => [each.target, each]))
  const put = (target: string, message: Existing['message']) =>
    rows.set(target, { target, message, isTakenBack: false, isReachable: true })
  for (const step of plan.steps) carryOut(step, { put, rows, now, requestId: before.requestId })
  for (const target of plan.drop) rows.delete(target)
  return {
    ...before,
    existing: [...rows.values()],
    watch: plan.watch,
    hasAlert: before.hasAlert || plan.alert !== null,
  }
}

function carryOut(
  step: Step,
  {
    put,
    rows,
    now,
    requestId,
  }: {
    put: (target: string, message: Existing['message']) => unknown
    rows: Map<string, Existing>
    now: number
    requestId: string
  },
): void {
  const made = {
    id: `msg_${step.target}`,
    requestId,
    state: 'sent' as const,
    isPosted: true,
    createdAt: now,
  }
  if (step.how === 'join')
    put(step.target, { ...made, kind: 'card', requestId: 'req_0', occasion: null })
  else if (step.how === 'new') {
    const { kind } = step.message
    const occasion = 'occasion' in step.message ? step.message.occasion : null
    put(step.target, { ...made, kind, occasion })
  } else if (step.how === 'keep') {
    const message = rows.get(step.target)?.message
    if (message && step.occasion) put(step.target, { ...message, occasion: step.occasion })
  } else put(step.target, null)
}

const made = ({ steps }: Plan) => steps.filter(({ how }) => how === 'new' || how === 'join')
const directs = ({ steps }: Plan) =>
  steps.flatMap((step) =>
    step.how === 'new' && step.message.kind === 'direct'
      ? [{ target: step.target, occasion: step.message.occasion }]
      : [],
  )
const hours = fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 8 })

/** A life: planned and carried out at some times, in order. */
function* life(start: AnnounceState, by: Routing, quarters: number[]) {
  let current = start
  for (const quarter of [...quarters].sort((a, b) => a - b)) {
    const now = OPENED + quarter * 15 * MINUTE_MS
    const plan = planAnnouncement(current, by, now)
    yield { before: current, plan, now }
    current = carriedOut(current, plan, now)
  }
}

describe('a plan', () => {
  it('that was carried out leaves nothing to do at the same moment', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        for (const { before, plan, now } of life(start, by, quarters)) {
          const again = planAnnouncement(carriedOut(before, plan, now), by, now)
          expect(made(again)).toEqual([])
          expect(again.alert).toBeNull()
          expect(again.watch).toEqual(plan.watch)
        }
      }),
    )
  })

  it('names each target once, and messages nobody who is not to be asked', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        for (const { before, plan } of life(start, by, quarters)) {
          const targets = plan.steps.map(({ target }) => target)
          expect(new Set(targets).size).toBe(targets.length)
          const asked = before.people.map(({ personId }) => personId)
          for (const step of plan.steps) {
            if (step.how !== 'new' || step.message.kind !== 'direct') continue
            expect(asked).toContain(step.message.personId)
          }
        }
      }),
    )
  })

  it('messages nobody directly in quiet hours, unless the deadline comes first', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        for (const { before, plan, now } of life(start, by, quarters)) {
          const hour = new Date(now).getUTCHours()
          const end = new Date(now).setUTCHours(20, 0, 0, 0)
          const isQuiet = by.quiet !== null && hour >= 12 && hour < 20
          if (!isQuiet || (before.deadlineAt !== null && before.deadlineAt <= end)) continue
          const disturbs = plan.steps.filter(
            (step) => step.how === 'new' && ['direct', 'requester'].includes(step.message.kind),
          )
          expect(disturbs).toEqual([])
          const waits = plan.steps.filter(
            ({ target, how }) => how === 'wait' && /^p|^r/.test(target),
          )
          for (const step of waits) expect(step).toMatchObject({ until: end })
        }
      }),
    )
  })

  it('asks no more people at first than the routing says, however often it is made', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        const told = [...life(start, by, quarters)].flatMap(({ plan }) => directs(plan))
        const people = new Set(told.map(({ target }) => target))
        const escalated = by.escalate.length > 0 ? PEOPLE.length : 0
        expect(people.size).toBeLessThanOrEqual(by.directMessages + escalated)
      }),
    )
  })

  it('reminds nobody more often than the routing says, and never twice at once', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        const told = [...life(start, by, quarters)].flatMap(({ plan, now }) =>
          directs(plan).map((each) => ({ ...each, now })),
        )
        for (const person of new Set(told.map(({ target }) => target))) {
          const own = told.filter(({ target }) => target === person)
          const reminders = own.filter(({ occasion }) => occasion === 'reminder')
          expect(reminders.length).toBeLessThanOrEqual(by.remind?.most ?? 0)
          expect(new Set(own.map(({ now }) => now)).size).toBe(own.length)
        }
      }),
    )
  })

  it('of a request that ended makes nothing, and is due at no time', () => {
    fc.assert(
      fc.property(state, routing, (start, by) => {
        const watch = { nextAt: OPENED, remindersSent: 1, escalations: 1, unreachedSince: OPENED }
        const plan = planAnnouncement({ ...start, isOpen: false, watch }, by, OPENED)
        expect(made(plan)).toEqual([])
        expect(plan.alert).toBeNull()
        expect(plan.watch).toMatchObject({ nextAt: null, unreachedSince: null })
      }),
    )
  })

  it('of a request that ended before anybody was told makes a card at most, and tells the requester', () => {
    fc.assert(
      fc.property(state, routing, fc.nat(8), (start, by, quarters) => {
        const ended = { ...start, isOpen: false, closedAt: OPENED }
        const plan = planAnnouncement(ended, by, OPENED + quarters * 15 * MINUTE_MS)
        const kinds = plan.steps.map((step) => (step.how === 'new' ? step.message.kind : step.how))
        if (quarters > 4) expect(kinds).toEqual([])
        else expect(['', 'card', 'card requester']).toContain(kinds.join(' '))
        expect(plan.watch.nextAt).toBeNull()
      }),
    )
  })

  it('is due only later than now', () => {
    fc.assert(
      fc.property(state, routing, hours, (start, by, quarters) => {
        for (const { plan, now } of life(start, by, quarters)) {
          if (plan.watch.nextAt !== null) expect(plan.watch.nextAt).toBeGreaterThan(now)
        }
      }),
    )
  })

  it('reaches somebody, or says since when nobody is reached', () => {
    fc.assert(
      fc.property(state, routing, (start, by) => {
        const plan = planAnnouncement({ ...start, isOpen: true }, by, OPENED)
        const reaches = plan.steps.some(
          ({ target, how }) => how !== 'fail' && /^(channel|person):/.test(target),
        )
        expect(plan.watch.unreachedSince === null).toBe(reaches)
      }),
    )
  })

  it('without a routing says that no channel is set, and nothing else', () => {
    fc.assert(
      fc.property(state, (start) => {
        const plan = planAnnouncement({ ...start, isOpen: true }, null, OPENED)
        const why = `No Slack channel is set for ${start.subject.tools[0]}.`
        expect(plan.steps).toEqual([{ target: 'route', how: 'fail', why }])
        expect(plan.alert).toBeNull()
      }),
    )
  })
})
