import type { NextConfig } from 'next'
import { PHASE_DEVELOPMENT_SERVER } from 'next/constants'

/** Pages named `page.dev.tsx` exist in development only: production does not build them, so they are 404 there. */
export default function config(phase: string): NextConfig {
  const isDevelopment = phase === PHASE_DEVELOPMENT_SERVER
  return {
    pageExtensions: isDevelopment ? ['tsx', 'ts', 'dev.tsx'] : ['tsx', 'ts'],
    poweredByHeader: false,
    reactStrictMode: true,
    // `npm run check` types the whole repository; a start on a fresh clone need not do it again.
    typescript: { ignoreBuildErrors: true },
  }
}
