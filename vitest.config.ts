import { basename } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const FULL = '**/*.full.test.ts';
const E2E = ['test/e2e/**/*.test.ts'];
const PAGES = ['test/pages/**/*.test.ts'];
/** Tests that start or measure many processes run alone. */
const ALONE = ['test/e2e/journey.test.ts', 'test/chaos/smoke.test.ts'];
/** Files that take longest, in the order in which workers take them. */
const FIRST = [
  // test/pages
  'board',
  'page-clocks',
  'rider-options',
  'board-actions',
  'rider-page',
  'zones-page',
  'zones-page-versions',
  'first-visit',
  'driver-page',
  'installed-page',
  'zones-page-drawing',
  'browsers',
  'sign-in',
  'cross-app',
  'languages',
  // test/e2e
  'zones-killed',
  'page',
  'chat-faults',
  'notifications',
  'simulator',
  'gateway-killed',
  'hub-cluster',
  'presence',
  'prefix',
  'shared-settings',
  'replay',
  'sampling',
  'deaf-gateway',
  'areas',
  'transports',
  'reconnect',
  'fleet-board',
  'sdk',
  'cluster',
  // test/integration
  'zone-drafts',
].map((name) => `${name}.test.ts`);

class FirstFiles extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = FIRST.indexOf(basename(moduleId));
      return at < 0 ? FIRST.length : at;
    };
    // The projects stay in the order of the base class.
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    return projects.flatMap((each) =>
      sorted.filter(({ project }) => project === each).sort((a, b) => rank(a) - rank(b)),
    );
  }
}

const INTEGRATION = ['test/integration/**/*.test.ts', 'test/bench/smoke.test.ts'];

const shared = {
  resolve: { conditions: ['hexfleet-source'] },
  ssr: { resolve: { conditions: ['hexfleet-source', 'node'] } },
};
const options = {
  testTimeout: 60_000,
  // The first file of a worker also starts the system that it shares.
  hookTimeout: 120_000,
  // On a busy machine, an immediate response can take seconds.
  expect: { poll: { timeout: 15_000 } },
  // One more than a small machine has cores: most tests wait now and then.
  maxWorkers: 3,
};
const alone = { ...options, fileParallelism: false };
const exclude = [...configDefaults.exclude, FULL];

export default defineConfig({
  test: {
    // Long enough to stop the system and browser shared by the files of a worker.
    teardownTimeout: 30_000,
    sequence: { sequencer: FirstFiles },
    projects: [
      {
        ...shared,
        test: {
          ...options,
          name: 'unit',
          include: ['{apps,libs,test,web}/**/*.test.ts'],
          exclude: [...exclude, ...E2E, ...PAGES, ...ALONE, ...INTEGRATION],
          isolate: false,
        },
      },
      { ...shared, test: { ...options, name: 'integration', include: INTEGRATION, exclude, isolate: false } },
      {
        ...shared,
        // Without isolation, the files of one worker share its fixtures: one system and one browser.
        test: { ...options, name: 'e2e', include: E2E, exclude: [...exclude, ...ALONE], isolate: false },
      },
      {
        ...shared,
        test: { ...alone, name: 'e2e-alone', include: ALONE, exclude, sequence: { groupOrder: 1 } },
      },
      {
        ...shared,
        // Pages are drawn without a GPU, so each takes all of a core.
        test: {
          ...options,
          name: 'pages',
          include: PAGES,
          exclude,
          isolate: false,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      { ...shared, test: { ...alone, name: 'full', include: [FULL], sequence: { groupOrder: 3 } } },
    ],
  },
});
