import type { Metadata } from 'next'
import { notFound } from 'next/navigation'
import { cache } from 'react'
import { pageView } from '#lib/queries/page-view'
import { policyVersionView } from '#lib/queries/policy-view'
import { getWeb } from '#lib/web'
import { requireViewer } from '../../../_server/viewer'
import { ConsolePage } from '../../console-page'
import { VersionPage } from './version-page'

interface Props {
  params: Promise<{ ordinal: string }>
}

/** One read for the page and its title. */
const readVersion = cache(async (ordinal: string) => {
  const viewer = await requireViewer(`/policy/${ordinal}`)
  if (!/^[1-9]\d{0,8}$/.test(ordinal)) notFound()
  const { runtime } = getWeb()
  const [page, version] = await Promise.all([
    pageView(runtime, { id: viewer.personId, name: viewer.name }),
    policyVersionView(runtime, Number(ordinal)),
  ])
  if (!version) notFound()
  return { page, version }
})

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const { version } = await readVersion((await params).ordinal)
  return { title: `Policy ${version.version}` }
}

export default async function Page({ params }: Props) {
  const { page, version } = await readVersion((await params).ordinal)
  return (
    <ConsolePage page={page} current="/policy">
      <VersionPage policy={version} clock={{ zone: page.zone, now: page.now }} />
    </ConsolePage>
  )
}
