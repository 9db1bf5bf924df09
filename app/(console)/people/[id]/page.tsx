import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { isId } from '#lib/core/ids'
import { pageView } from '#lib/queries/page-view'
import { personView } from '#lib/queries/people/person-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../../_server/viewer'
import { ConsolePage } from '../../console-page'
import { PersonPage } from './person-page'

interface Props {
  params: Promise<{ id: string }>
}

/** One read for the page and its title. */
const readPerson = cache(async (id: string) => {
  const viewer = await requireViewer(`/people/${id}`)
  if (!isId('prs', id)) notFound()
  const { runtime } = getWeb()
  const [page, person] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    personView(runtime, viewer, id),
  ])
  if (!person) notFound()
  return { page, person }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { person } = await readPerson((await params).id)
  return { title: person.name }
}

export default async function Page({ params }: Props) {
  const { page, person } = await readPerson((await params).id)
  return (
    <ConsolePage page={page} current="/people">
      <PersonPage person={person} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
