import type { MfaMethodView } from '#lib/wire/views/common'
import type { VoteBarView } from '#lib/wire/views/vote'

/** What the policy takes and the viewer has, best first. */
export function usableMethods({ methods }: VoteBarView): MfaMethodView[] {
  return methods.filter(({ isEnrolled }) => isEnrolled).map(({ method }) => method)
}

export const iconOfMethod = { passkey: 'passkey', totp: 'code', none: 'check' } as const

/** "Approve with passkey", "Confirm with code" */
export function approveText(method: MfaMethodView, isConfirmation: boolean): string {
  const verb = isConfirmation ? 'Confirm' : 'Approve'
  const how = { passkey: ' with passkey', totp: ' with code', none: '' }
  return `${verb}${how[method]}`
}
