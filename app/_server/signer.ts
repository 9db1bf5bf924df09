import { cache } from 'react'
import { currentPass } from './pass-cookie'
import { currentViewer } from './viewer'

/** As whom a signing page is shown. It is one person, known in one way; what the page does is done in that way too. */
export type Signer =
  | { by: 'session'; personId: string; name: string }
  | {
      by: 'pass'
      personId: string
      name: string
      /** Epoch ms. */
      endsAt: number
      /** Somebody else who is signed in at this browser; the page does nothing as them. */
      otherName: string | null
    }

/**
 * A session of the same person counts for more than their pass; of another person for less, since the link was opened
 * after it. null: nobody is known. Asked once a request.
 */
export const currentSigner = cache(async (requestId: string): Promise<Signer | null> => {
  const [viewer, pass] = await Promise.all([currentViewer(), currentPass(requestId)])
  if (pass && pass.personId !== viewer?.personId) {
    const { personId, name, expiresAt: endsAt } = pass
    return { by: 'pass', personId, name, endsAt, otherName: viewer?.name ?? null }
  }
  return viewer && { by: 'session', personId: viewer.personId, name: viewer.name }
})
