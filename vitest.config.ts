import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** Short times, the defaults, fail where other tests have the processors; what comes is not waited for any longer. */
const patience = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 20_000 } } }

export default defineConfig({
  test: {
    ...patience,
    pool: 'forks',
    maxWorkers: 2,
    setupFiles: [join(import.meta.dirname, 'test/harness/property-seed.ts')],
    // Many tests start our programs as processes: what one compiled, the next need not.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, '.cache', 'compile') },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/{contract,core,spool,sdk}/src/**/*.test.ts', 'scripts/**/*.test.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          // What starts no Ratchet of its own runs beside others; end to end, one file after the other.
          include: ['packages/{gateway,runtime,server,cli}/src/**/*.test.ts', 'test/in-process/**/*.test.ts'],
          globalSetup: ['./test/harness/global-setup.ts'],
        },
      },
      {
        extends: './packages/console/vite.config.ts',
        test: {
          ...patience,
          name: 'console',
          setupFiles: ['./test/harness/property-seed.ts'],
          environment: 'happy-dom',
          include: ['packages/console/src/**/*.test.{ts,tsx}'],
          root: '.',
        },
      },
      {
        extends: true,
        test: {
          name: 'end-to-end',
          include: ['test/**/*.test.ts'],
          exclude: ['test/in-process/**'],
          globalSetup: ['./test/harness/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
