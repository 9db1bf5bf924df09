'use client'

import { useEffect, useSyncExternalStore } from 'react'
import type { Instant } from '#lib/wire/views/common'

const TICK_MS = 1_000

/** The newest database time a page was read at, and how far this device's clock is from it. */
let newestMs = Number.NEGATIVE_INFINITY
let offsetMs = 0
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

/**
 * What a page says of the time, kept right while it stays open. Time counts by the database, since that is what ends
 * things: a device whose clock is wrong shows the same.
 *
 * @param readAt database time at which the page was read
 * @param tell what to show at a moment (epoch ms, by the database); the same value again draws nothing
 */
export function useDatabaseClock<T extends string | boolean>(
  readAt: Instant,
  tell: (nowMs: number) => T,
): T {
  useEffect(() => takeIn(Date.parse(readAt)), [readAt])
  return useSyncExternalStore(
    subscribe,
    () => tell(databaseNow(readAt)),
    () => tell(Date.parse(readAt)),
  )
}

function databaseNow(readAt: Instant): number {
  const isKnown = newestMs !== Number.NEGATIVE_INFINITY
  return isKnown ? Date.now() + offsetMs : Date.parse(readAt)
}

/** A page that comes from the browser's own memory is older than what is known already. */
function takeIn(readMs: number): void {
  if (readMs <= newestMs) return
  const isFirst = newestMs === Number.NEGATIVE_INFINITY
  newestMs = readMs
  offsetMs = readMs - (isFirst ? firstAnswerMs() : Date.now())
  tick()
}

/** When the first page began to arrive: its scripts may have taken long on a phone. */
function firstAnswerMs(): number {
  const [first] = performance.getEntriesByType('navigation')
  const answeredMs = first instanceof PerformanceNavigationTiming ? first.responseStart : 0
  return answeredMs > 0 ? performance.timeOrigin + answeredMs : Date.now()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  for (const listener of listeners) listener()
}
