import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '.next/**', 'dist/**', 'e2e/**'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // What ends a test that hangs. A machine with much else to do is slow, and no test is red for that.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
