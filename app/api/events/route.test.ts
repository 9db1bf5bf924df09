import { expect, test } from 'vitest'
import * as route from './route'

// Next answers HEAD by GET where a route has no HEAD of its own, and reads nothing of what that gives.
test('whoever asks for the head of the stream alone holds no stream', () => {
  expect(Object.keys(route).sort()).toEqual(['GET', 'HEAD'])
  const head = route.HEAD()
  expect([head.status, head.headers.get('allow'), head.body]).toEqual([405, 'GET', null])
})
