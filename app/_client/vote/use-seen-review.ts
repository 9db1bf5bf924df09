'use client'

import { useState } from 'react'
import type { Prose } from '#lib/wire/views/common'
import type { ReviewView } from '#lib/wire/views/vote'

export interface SeenReview {
  /** What the person in front of the page has seen: the words that are shown, and the digest that is signed. */
  seen: ReviewView | null
  /** The ticket is another one by now, by somebody else's doing. Nothing is signed before it was read again. */
  isChanged: boolean
  /** What somebody did, where that is why. */
  change: Prose | null
  /** Takes the latest as seen. */
  readAgain: () => void
}

/**
 * Keeps what is signed to what was seen. A page that reads itself again could otherwise exchange the words between the
 * look and the click. Only the viewer's own latest change is taken as seen, since they made it on this page.
 *
 * @param isSigned the viewer's vote stands as it is: nothing is asked of them, so there is nothing to read again first
 */
export function useSeenReview(latest: ReviewView | null, isSigned = false): SeenReview {
  const [seen, setSeen] = useState(latest)
  const isOther = latest !== null && latest.digest !== seen?.digest
  // What was done without changing a word of the review is seen too: it is no news when the next change comes.
  if (latest && seen && !isOther && latest.changes.count !== seen.changes.count) setSeen(latest)
  const isOwn =
    isOther &&
    seen !== null &&
    latest.changes.isLastByViewer &&
    latest.changes.count === seen.changes.count + 1
  const isTaken = isOther && (isOwn || isSigned)
  if (isTaken) setSeen(latest)
  return {
    seen: isTaken ? latest : seen,
    isChanged: isOther && !isTaken,
    change:
      latest && seen && latest.changes.count > seen.changes.count ? latest.changes.last : null,
    readAgain: () => setSeen(latest),
  }
}
