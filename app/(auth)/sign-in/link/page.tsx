import type { Metadata } from 'next'
import { getWeb } from '#lib/web'
import { HOME, localPath } from '../../../_server/local-path'
import { currentViewer } from '../../../_server/viewer'
import { Sheet } from '../../sheet'
import { LinkSignIn } from './link-sign-in'

export const metadata: Metadata = { title: 'One-time link' }

/** The secret is in the fragment, which no browser sends: this page cannot use a link up. */
export default async function Page({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>
}) {
  const from = localPath((await searchParams)['from'])
  const viewer = await currentViewer()
  return (
    <Sheet
      organisation={getWeb().runtime.installation.name}
      title="Your one-time link"
      lead="It signs one person in, once."
    >
      <LinkSignIn from={from === HOME ? null : from} signedInName={viewer?.name ?? null} />
    </Sheet>
  )
}
