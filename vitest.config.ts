import { configDefaults, defineConfig } from 'vitest/config';

const FULL = '**/*.full.test.ts';
const E2E = ['test/e2e/**/*.test.ts'];
/** Tests that start many processes, measure them, or draw several maps at once; they have the machine to themselves. */
const ALONE = ['test/e2e/{cross-app,journey,page}.test.ts', 'test/{bench,chaos}/smoke.test.ts'];
const INTEGRATION = ['test/integration/**/*.test.ts'];

const shared = {
  resolve: { conditions: ['hexfleet-source'] },
  ssr: { resolve: { conditions: ['hexfleet-source', 'node'] } },
};
const options = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // On a machine that is busy, what comes at once can take seconds.
  expect: { poll: { timeout: 15_000 } },
  // More than the two cores that a small machine has: most of a test's time is waiting.
  maxWorkers: 3,
};
const alone = { ...options, fileParallelism: false };
const exclude = [...configDefaults.exclude, FULL];

export default defineConfig({
  test: {
    // Long enough to stop a system and a browser that the files of a worker share.
    teardownTimeout: 30_000,
    projects: [
      {
        ...shared,
        test: {
          ...options,
          name: 'unit',
          include: ['{apps,libs,test,web}/**/*.test.ts'],
          exclude: [...exclude, ...E2E, ...ALONE, ...INTEGRATION],
          isolate: false,
        },
      },
      { ...shared, test: { ...options, name: 'integration', include: INTEGRATION, exclude } },
      {
        ...shared,
        // Without isolation, the files of one worker share its fixtures: one system and one browser.
        test: { ...options, name: 'e2e', include: E2E, exclude: [...exclude, ...ALONE], isolate: false },
      },
      {
        ...shared,
        test: { ...alone, name: 'e2e-alone', include: ALONE, exclude, sequence: { groupOrder: 1 } },
      },
      { ...shared, test: { ...alone, name: 'full', include: [FULL], sequence: { groupOrder: 2 } } },
    ],
  },
});
