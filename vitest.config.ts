import { configDefaults, defineConfig } from 'vitest/config';

/** What starts many processes or measures them, or draws several maps at once, has the machine to itself. */
const ALONE = ['bench', 'chaos', 'journey', 'page', 'start', 'three-pages'].map(
  (name) => `test/e2e/${name}.test.ts`,
);

const shared = {
  resolve: { conditions: ['hexfleet-source'] },
  ssr: { resolve: { conditions: ['hexfleet-source', 'node'] } },
};
const patience = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  // On a machine that is busy, what comes at once can take seconds.
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          ...patience,
          name: 'side by side',
          include: ['{apps,libs,test,web}/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        ...shared,
        test: {
          ...patience,
          name: 'alone',
          include: ALONE,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
