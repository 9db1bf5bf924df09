import type { Metadata } from 'next'
import { getWeb } from '#lib/web'
import { ReferencePage } from './reference-page'
import './reference.css'

export const metadata: Metadata = { title: 'API reference' }

/** For anybody: it says no more than the OpenAPI document, which anybody may read. */
export default function Page() {
  return <ReferencePage document={getWeb().apiDocument} />
}
