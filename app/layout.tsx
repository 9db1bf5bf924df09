import type { Metadata, Viewport } from 'next'
import { connection } from 'next/server'
import type { ReactNode } from 'react'
import { preloadFaces } from './_ui/faces'
import { IconSprite } from './_ui/icon'
import './_ui/style/index.css'

export const metadata: Metadata = {
  title: { template: '%s · Countersign', default: 'Countersign' },
  icons: { icon: { url: '/favicon.svg', type: 'image/svg+xml' } },
  robots: { index: false, follow: false },
  referrer: 'same-origin',
  formatDetection: { telephone: false, date: false, email: false, address: false },
}

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  viewportFit: 'cover',
  colorScheme: 'light dark',
}

/** Waiting for the request keeps every page dynamic: only then do Next's own scripts carry the nonce of the CSP. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  await connection()
  preloadFaces()
  return (
    <html lang="en">
      <body>
        <IconSprite />
        {children}
      </body>
    </html>
  )
}
