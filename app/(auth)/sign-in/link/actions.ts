'use server'

import { confirmedFactors } from '#lib/auth/factors'
import { secretHash } from '#lib/auth/secret-hash'
import { peekLink } from '#lib/auth/sign-in-link'
import { getWeb } from '#lib/web'
import { signInLinkSecret } from '#lib/wire/auth'
import { fromOurPage } from '../../../_server/guarded'
import { HOME } from '../../../_server/local-path'
import type { Answer } from '../../../_server/told'
import { tooManyKnocks } from '../../../_server/too-many-knocks'
import { LINK_REFUSED } from '../../door-faults'

export interface LinkView {
  /** Whom it signs in. */
  name: string
  /** Where that person goes next: whoever has no factor cannot vote, and adds one first. */
  next: string
}

/** Whose link it is. Uses nothing up: only the button does. */
export async function readLink(sent: unknown): Promise<Answer<LinkView>> {
  return fromOurPage(async () => {
    const { runtime } = getWeb()
    const secret = signInLinkSecret.safeParse(sent)
    const limited = await tooManyKnocks(
      'link_page',
      secret.success ? secretHash(secret.data) : null,
    )
    if (limited) return limited
    const link = secret.success ? await peekLink(runtime.db, secret.data, runtime.now()) : null
    if (!link?.ok) return { ok: false, title: LINK_REFUSED.lead, text: LINK_REFUSED.text }
    const { personId, name } = link.value
    const canVote = (await confirmedFactors(runtime.db, personId)).length > 0
    return { ok: true, value: { name, next: canVote ? HOME : '/account' } }
  })
}
