/** Built programs of the server, below `dist`. */
export const PROGRAMS = [
  'apps/gateway/src/front.js',
  'apps/gateway/src/main.js',
  'apps/processor/src/main.js',
  'apps/processor/src/settings.js',
  'apps/simulator/src/main.js',
  'apps/simulator/src/replay/main.js',
];
