import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';
import { icons } from './build/icons.ts';
import { manifests } from './build/manifests.ts';
import { workers } from './build/workers.ts';

const server = process.env.HEXFLEET_URL ?? 'http://localhost:3000';

/** Address of the repository, as package.json has it; null without one. */
const { repository } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'));
const home = /https:\/\/[^#]+?(?=\.git$|$)/.exec(repository?.url ?? repository ?? '')?.[0] ?? null;

const pages = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.html'));

/** As the gateway does it: a page without its ending, and every link the one page that reads its token from the address. */
const addressesInDevelopment: Plugin = {
  name: 'addresses-in-development',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _response, next) => {
      const page = /^\/(\w+)(?:\/[^/]*)?(?=\?|$)/.exec(request.url ?? '');
      if (page !== null && pages.includes(`${page[1]}.html`))
        request.url = request.url!.replace(page[0], `/${page[1]}.html`);
      next();
    });
  },
};

/** Beside each file its smaller forms, which the gateway sends as they are. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle: ({ dir }, bundle) => {
    for (const name of Object.keys(bundle)) {
      const file = join(dir!, name);
      const content = readFileSync(file);
      writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      writeFileSync(`${file}.br`, brotliCompressSync(content));
    }
  },
};

/** Leaves out the comments and indents of the shaders, which are texts to the minifier. */
const shortShaders: Plugin = {
  name: 'short-shaders',
  apply: 'build',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('overlay/shaders.ts') ? code.replace(/\s*\/\/[^\n]*$|^\s+/gm, '') : null,
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  define: { __REPOSITORY__: JSON.stringify(home) },
  plugins: [shortShaders, react(), addressesInDevelopment, icons, manifests, workers, compressed],
  // '#sdk' and its neighbours resolve to their sources, not to the server's build.
  resolve: { conditions: ['hexfleet-source', ...defaultClientConditions] },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: {
      // Browsers without modulepreload load the same files, only a little later.
      polyfill: false,
      // Nearly all files that a later part needs are loaded by then, so the lists of them would cost more than they save.
      resolveDependencies: (_, files, { hostType }) =>
        hostType === 'html' ? files : files.filter((file) => file.endsWith('.css')),
    },
    rolldownOptions: {
      input: pages,
      // The schemas of the wire are made when their module runs; without them the pages need no zod.
      treeshake: { moduleSideEffects: (id) => id.endsWith('.css') || id.endsWith('.tsx') },
      output: {
        codeSplitting: {
          // Small files compress badly, and the rider app is near its limit. A group also takes what its files import.
          groups: [
            // Some parts that load later use React alone; every page of an app has all of it.
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// },
            // All that every page has, also the one for unknown addresses, which needs neither React nor the sdk.
            { name: 'page', test: /vite\/preload-helper|shared\/(i18n\/(locale|speak)|live\/storage)\.ts$/ },
            // Parts of the sdk that every app has, and the editor of zones also needs.
            { name: 'sdk', test: /libs\/sdk\/src\/(connection|util|feed\/(?!region))/ },
            // Parts that all apps share, with maps and the city. The front page has no map but embeds those that have one.
            {
              name: 'shared',
              test: /node_modules\/@?nanostores\/|city\/src\/(landmarks|manhattan|nearest-node)|shared\/(i18n\/(SettingsButton|plural)|live\/(city-places|figures|retry|update)|map\/(MapHost|camera|create-map|map-view|pins)|ui\/(format|hooks|icons|lazy-with-retry|texts))\.tsx?$/,
            },
            // Parts for apps whose user is signed in, which is all but the page of a shared trip; some are for phones only.
            {
              name: 'signed-in',
              test: /(sdk\/src\/(rider|chat\/[\w-]+|subscriptions\/(vehicles|watch)|trips\/(rider-trip|trip-versions))|shared\/(app\/begin-later|live\/(area-alerts|browser-device|connection-state|demo|identity|open-page|sign-in|tokens)|i18n\/text-for|phone\/(ConnectionBanner|MapControls|Notices|PhonePage|chat-panel|texts)))\.tsx?$/,
            },
          ],
        },
      },
    },
    // The map library alone is over 1 MB of source; it comes in a chunk of its own, after the first paint.
    chunkSizeWarningLimit: 1_400,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': server, '/socket.io': { target: server, ws: true } },
  },
});
