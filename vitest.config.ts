import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '.next/**', 'dist/**', 'e2e/**'],
    globalSetup: ['test/global-setup.ts'],
    setupFiles: ['test/each-file.ts'],
    pool: 'forks',
    // Loading the modules anew for each file costs more than the tests: what a file leaves behind is its own fault.
    isolate: false,
    maxWorkers: 2,
    // What ends a test that hangs. A machine with much else to do is slow, and no test is red for that.
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
})
