import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { callerView } from '#lib/queries/callers/caller-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../../_server/viewer'
import { ConsolePage } from '../../console-page'
import { CallerPage } from './caller-page'

interface Props {
  params: Promise<{ id: string }>
}

/** One read for the page and its title. What a viewer may not know of is not found, like what is not there. */
const readCaller = cache(async (callerId: string) => {
  const viewer = await requireViewer(`/callers/${callerId}`)
  if (!isId('clr', callerId)) notFound()
  const { runtime } = getWeb()
  const [page, caller] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    callerView(runtime, viewer, callerId),
  ])
  if (!caller) notFound()
  return { page, caller }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { caller } = await readCaller((await params).id)
  return { title: caller.name }
}

export default async function Page({ params }: Props) {
  const { page, caller } = await readCaller((await params).id)
  return (
    <ConsolePage page={page} current="/callers">
      <CallerPage caller={caller} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
