// Entry point of the image: node hexfleet.mjs ROLE [arguments], or node hexfleet.mjs health.
import { existsSync } from 'node:fs';

const PROGRAMS = {
  gateway: 'apps/gateway/src/main.js',
  front: 'apps/gateway/src/front.js',
  processor: 'apps/processor/src/main.js',
  settings: 'apps/processor/src/settings.js',
  simulator: 'apps/simulator/src/main.js',
  replay: 'apps/simulator/src/replay/main.js',
};
const PROBE_MS = 2_500;

/** Whether a process of this container answers, at the address for operators or at that for clients. */
async function isAlive() {
  const { HEXFLEET_OPS_PORT = '3001', PORT = '3000' } = process.env;
  const isAnswered = ({ ok }) => ok || Promise.reject();
  const probes = [HEXFLEET_OPS_PORT, PORT].map((port) =>
    fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(PROBE_MS) }).then(isAnswered),
  );
  return Promise.any(probes).catch(() => false);
}

const [role = 'gateway', ...args] = process.argv.slice(2);
if (role === 'health') process.exit((await isAlive()) ? 0 : 1);
const program = PROGRAMS[role];
if (program === undefined) {
  console.error(`There is no role ${role}. Roles: ${Object.keys(PROGRAMS).join(', ')}, health.`);
  process.exit(1);
}
// The programs read their own arguments.
process.argv.splice(2, Number.POSITIVE_INFINITY, ...args);
const file = new URL(`dist/${program}`, import.meta.url);
if (!existsSync(file)) {
  console.error(`${file.pathname} is missing: run this file in the directory that scripts/image.mjs writes.`);
  process.exit(1);
}
await import(file.href);
