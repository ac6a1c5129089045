import { configDefaults, defineConfig } from 'vitest/config';

const FULL = '**/*.full.test.ts';
const E2E = ['test/e2e/**/*.test.ts'];
/** Tests that start or measure many processes, or draw several maps at once, run alone. */
const ALONE = ['test/e2e/{cross-app,journey,page}.test.ts', 'test/{bench,chaos}/smoke.test.ts'];
const INTEGRATION = ['test/integration/**/*.test.ts'];

const shared = {
  resolve: { conditions: ['hexfleet-source'] },
  ssr: { resolve: { conditions: ['hexfleet-source', 'node'] } },
};
const options = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // On a busy machine, an immediate response can take seconds.
  expect: { poll: { timeout: 15_000 } },
  // More than the two cores of a small machine, because tests mostly wait.
  maxWorkers: 3,
};
const alone = { ...options, fileParallelism: false };
const exclude = [...configDefaults.exclude, FULL];

export default defineConfig({
  test: {
    // Long enough to stop the system and browser shared by the files of a worker.
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
