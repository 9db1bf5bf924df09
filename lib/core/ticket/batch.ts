/** One batch rejects at most this many: as many as a person can have read. Nothing is ever approved in a batch. */
export const MOST_REJECTED = 50
