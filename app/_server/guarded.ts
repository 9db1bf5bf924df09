import type { SignedIn } from '#lib/auth/session'
import { getWeb } from '#lib/web'
import { isFromOurPage } from './from-our-page'
import {
  DATABASE_DOWN,
  FAILED,
  NOT_ADMIN,
  type NotDone,
  OTHER_SITE,
  RECOVERED,
  SIGNED_OUT,
} from './told'
import { currentViewer } from './viewer'

/** Every mutation from a page: of our own origin, by somebody whose session row is live, and never a bare fault. */
export function guarded<T>(work: (viewer: SignedIn) => Promise<T>): Promise<T | NotDone> {
  return fromOurPage(async () => {
    const viewer = await currentViewer()
    return viewer ? await work(viewer) : SIGNED_OUT
  })
}

/** The same for what only admins do. */
export function guardedAdmin<T>(work: (viewer: SignedIn) => Promise<T>): Promise<T | NotDone> {
  return guarded<T | NotDone>(async (viewer) =>
    viewer.roles.includes('admin') ? await work(viewer) : NOT_ADMIN,
  )
}

/**
 * The same for what asks for a factor: a session that a recovery code began does none of it, whatever is offered in it, so that
 * the paper in a drawer is never more than a way to the door.
 */
export function guardedFactor<T>(work: (viewer: SignedIn) => Promise<T>): Promise<T | NotDone> {
  return guarded<T | NotDone>(async (viewer) =>
    viewer.method === 'recovery' ? RECOVERED : await work(viewer),
  )
}

/** The same for whoever is not signed in yet. */
export async function fromOurPage<T>(work: () => Promise<T>): Promise<T | NotDone> {
  if (!(await isFromOurPage())) return OTHER_SITE
  try {
    return await work()
  } catch (error) {
    const { runtime } = getWeb()
    runtime.log.error({ error }, 'an action failed')
    return runtime.isUnavailable(error) ? DATABASE_DOWN : FAILED
  }
}
