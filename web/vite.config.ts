import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const server = process.env.HEXFLEET_URL ?? 'http://localhost:3000';

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

/** Leaves out the messages of the codes, which are for developers: a page has texts of its own, or shows the one that it received. */
const withoutMessages: Plugin = {
  name: 'without-messages',
  apply: 'build',
  enforce: 'pre',
  transform: (code, id) =>
    id.endsWith('libs/protocol/src/codes.ts') ? code.replace(/message:\s*'[^'\n]*'/g, "message: ''") : null,
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [withoutMessages, react(), addressesInDevelopment, compressed],
  // '#sdk' and its neighbours resolve to their sources, not to the server's build.
  resolve: { conditions: ['hexfleet-source', ...defaultClientConditions] },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // Browsers without modulepreload load the same files, only a little later.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: pages,
      // The schemas of the wire are made when their module runs; without them the pages need no zod.
      treeshake: { moduleSideEffects: (id) => id.endsWith('.css') || id.endsWith('.tsx') },
    },
    // The map library alone is over 1 MB of source; it comes in a chunk of its own, after the first paint.
    chunkSizeWarningLimit: 1_400,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': server, '/socket.io': { target: server, ws: true } },
  },
});
