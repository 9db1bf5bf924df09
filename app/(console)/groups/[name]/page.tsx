import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { groupView } from '#lib/queries/groups/group-view'
import { pageView } from '#lib/queries/page-view'
import { getWeb } from '#lib/web'
import { groupName } from '#lib/wire/change'
import { requireViewer } from '../../../_server/viewer'
import { ConsolePage } from '../../console-page'
import { GroupPage } from './group-page'

interface Props {
  params: Promise<{ name: string }>
}

/** One read for the page and its title. */
const readGroup = cache(async (asked: string) => {
  const viewer = await requireViewer(`/groups/${asked}`)
  const name = groupName.safeParse(asked)
  if (!name.success) notFound()
  const { runtime } = getWeb()
  const [page, group] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    groupView(runtime, viewer, name.data),
  ])
  if (!group) notFound()
  return { page, group }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { group } = await readGroup((await params).name)
  return { title: group.label }
}

export default async function Page({ params }: Props) {
  const { page, group } = await readGroup((await params).name)
  return (
    <ConsolePage page={page} current="/people">
      <GroupPage group={group} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
