import { REQUEST_TYPES } from '../ticket/record-view'
import { OTHER_TYPES } from './event-words'

/** Every type of entry that has a sentence, by name. */
export const EVENT_TYPES: string[] = [...REQUEST_TYPES, ...OTHER_TYPES].sort()
