import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

const server = process.env.HEXFLEET_URL ?? 'http://localhost:3000';

/** As the gateway does it: every link opens the one page that reads its token from the address. */
const linksInDevelopment: Plugin = {
  name: 'links-in-development',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, _response, next) => {
      request.url = request.url?.replace(/^\/share\/[^/]*$/, '/share.html');
      next();
    });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [react(), linksInDevelopment],
  // '#sdk' and its neighbours resolve to their sources, not to the server's build.
  resolve: { conditions: ['hexfleet-source', ...defaultClientConditions] },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions: { input: ['index.html', 'share.html'] },
    // The map library alone is over 1 MB of source; it comes in a chunk of its own, after the first paint.
    chunkSizeWarningLimit: 1_400,
  },
  server: {
    fs: { allow: ['..'] },
    proxy: { '/api': server, '/socket.io': { target: server, ws: true } },
  },
});
