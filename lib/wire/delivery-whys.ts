/** Why a delivery ended without a failure: closed sets, by which its readers tell it from trouble. None holds a quote. */

export const NO_LONGER_LINKED = 'They are no longer linked to Slack.'
export const NO_LONGER_REACHABLE = 'They are no longer linked to Slack, or no longer active.'
/** The request was over, so nobody had to be asked any more. */
export const ENDED_FIRST = 'It ended before the message could go out.'
export const NOTHING_LEFT = 'There was nothing left to tell when it could be sent.'

/** What somebody had been sent was taken away from them on purpose. */
export const TAKEN_BACK_WHYS: readonly string[] = [NO_LONGER_LINKED, NO_LONGER_REACHABLE]
/** It became needless before it could go out. */
export const NOT_NEEDED_WHYS: readonly string[] = [ENDED_FIRST, NOTHING_LEFT]
