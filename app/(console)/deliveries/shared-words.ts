import type { DeliveryRowView } from '#lib/wire/views/deliveries'
import { counted } from '../../_ui/number-words'

/** Of how many requests a message tells, after what it is. Only those on a card ask the same. */
export function sharedWords({
  kind,
  alsoCount,
}: Pick<DeliveryRowView, 'kind' | 'alsoCount'>): string {
  if (alsoCount === 0) return ''
  if (kind === 'digest') return `, for ${counted(alsoCount + 1, 'request')}`
  return `, and ${counted(alsoCount, 'equal ask')}`
}
