import { defineConfig, devices } from '@playwright/test'
import { findBrowser } from './scripts/run/system-packages'

const isRoot = process.getuid?.() === 0

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  globalSetup: './e2e/global-setup.ts',
  // What ends a test that hangs. A machine with much else to do is slow, and no test is red for that.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  use: {
    ...devices['Desktop Chrome'],
    // Set by the global setup, which starts the product on a free port.
    ...(process.env['E2E_URL'] && { baseURL: process.env['E2E_URL'] }),
    // Recording every page costs about as much as the tests: `E2E_TRACE=1 npm run test:e2e` asks for it.
    trace: process.env['E2E_TRACE'] ? 'retain-on-failure' : 'off',
    launchOptions: {
      executablePath: findBrowser() ?? 'chromium',
      args: [
        ...(isRoot ? ['--no-sandbox'] : []),
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
})
