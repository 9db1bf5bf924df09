import { describe, expect, test } from 'vitest'
import { WEBHOOK_EVENT_TYPES } from '#lib/core/webhook/events'
import {
  addEndpointForm,
  endpointQuery,
  isDeliveryId,
  replayRangeForm,
  webhooksQuery,
} from './webhooks'

const ENDPOINT = `whe_${'0'.repeat(26)}`
const ADD = {
  callerId: `clr_${'0'.repeat(26)}`,
  url: ' https://hooks.example.com/x ',
  description: '',
  eventTypes: [...WEBHOOK_EVENT_TYPES].reverse(),
}
const wrong = (form: { safeParse: typeof addEndpointForm.safeParse }, sent: unknown) =>
  form.safeParse(sent).error?.issues.map(({ path }) => path[0])

describe('the form of a new endpoint', () => {
  test('takes what the page sends, in the order of the list', () => {
    expect(addEndpointForm.parse(ADD)).toEqual({
      ...ADD,
      url: 'https://hooks.example.com/x',
      eventTypes: WEBHOOK_EVENT_TYPES,
    })
    expect(
      addEndpointForm.parse({ ...ADD, eventTypes: ['grant.burnt', 'grant.burnt'] }),
    ).toMatchObject({ eventTypes: ['grant.burnt'] })
  })

  test('names each field that is wrong', () => {
    expect(wrong(addEndpointForm, { ...ADD, url: '  ' })).toEqual(['url'])
    expect(
      wrong(addEndpointForm, { ...ADD, url: `https://x.example/${'a'.repeat(2_000)}` }),
    ).toEqual(['url'])
    expect(wrong(addEndpointForm, { ...ADD, url: 'https://x.example/\0' })).toEqual(['url'])
    expect(wrong(addEndpointForm, { ...ADD, description: 'a'.repeat(201) })).toEqual([
      'description',
    ])
    expect(wrong(addEndpointForm, { ...ADD, eventTypes: [] })).toEqual(['eventTypes'])
    expect(wrong(addEndpointForm, { ...ADD, eventTypes: ['webhook.test'] })).toEqual(['eventTypes'])
    expect(wrong(addEndpointForm, { ...ADD, callerId: 'clr_x' })).toEqual(['callerId'])
  })
})

test('a range is two minutes of the clock, the end not before the beginning', () => {
  const range = {
    endpointId: ENDPOINT,
    from: '2026-03-14T09:31',
    to: '2026-03-14T09:31',
    which: 'all',
  }
  const wrongIn = (sent: object) =>
    replayRangeForm.safeParse({ ...range, ...sent }).error?.issues.map(({ path }) => path[0])
  expect(wrongIn({})).toBeUndefined()
  expect(wrongIn({ to: '2026-03-14T09:30' })).toEqual(['to'])
  expect(wrongIn({ from: '' })).toContain('from')
  expect(wrongIn({ from: '2026-13-41T09:31' })).toContain('from')
  expect(wrongIn({ which: undefined })).toEqual(['which'])
})

test('the id of a delivery is a number that a row can have', () => {
  expect(['1', '9223372036854775807'].every(isDeliveryId)).toBe(true)
  for (const odd of ['0', '-1', '1.5', '01', '9223372036854775808', '[deliveryId]', '']) {
    expect([odd, isDeliveryId(odd)]).toEqual([odd, false])
  }
})

test('what is odd in an address is as if it were not there', () => {
  expect(endpointQuery.parse({ view: 'dead', before: '42' })).toEqual({
    view: 'dead',
    before: '42',
  })
  expect(endpointQuery.parse({ view: 'x', before: "1' OR 1" })).toEqual({
    view: 'all',
    before: null,
  })
  expect(endpointQuery.parse({ view: ['waiting', 'dead'] })).toEqual({
    view: 'waiting',
    before: null,
  })
  expect(webhooksQuery.parse({ after: ENDPOINT })).toEqual({ after: ENDPOINT })
  expect(webhooksQuery.parse({ after: 'whe_x' })).toEqual({ after: null })
})
