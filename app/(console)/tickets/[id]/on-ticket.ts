import { isId } from '#lib/core/ids'
import { guarded } from '../../../_server/guarded'
import { type NotDone, toldRefusal } from '../../../_server/told'

/** A signed-in person's deed on one request. The id comes from the browser: anything but an id is nobody's request. */
export function onTicket<T>(
  requestId: unknown,
  work: (personId: string, requestId: string) => Promise<T>,
): Promise<T | NotDone> {
  return guarded(async ({ personId }) => {
    const isRequest = typeof requestId === 'string' && isId('req', requestId)
    return isRequest ? await work(personId, requestId) : toldRefusal({ code: 'not_found' })
  })
}
