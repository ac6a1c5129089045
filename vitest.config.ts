import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['hexfleet-source'] },
  ssr: { resolve: { conditions: ['hexfleet-source', 'node'] } },
  test: {
    include: ['{apps,libs,test,web}/**/*.test.ts'],
    // One at a time: several whole installations at once would only measure how busy the machine is.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // On a machine that is busy, what comes at once can take seconds.
    expect: { poll: { timeout: 15_000 } },
  },
});
