import { Failure, step, tail } from './console.mjs';
import { run } from './groups.mjs';
import { aptInstall, brewInstall } from './packages.mjs';
import { onPath } from './root.mjs';

const OLDEST = 7; // sharded Pub/Sub
const IMAGE = 'redis:7';
const WANTED = `Hexfleet needs Redis ${OLDEST} or later`;
const WAYS = 'Install redis-server 7 or later or Valkey, start Docker, or set HEXFLEET_REDIS_URL';

/** The servers on the PATH, each with its version: { path, version: '7.0.15', major: 7 }. */
async function installed() {
  const found = [];
  for (const name of ['redis-server', 'valkey-server']) {
    const path = onPath(name);
    if (!path) continue;
    const version = /v=(\d+[\d.]*)/.exec((await run(path, ['--version'])).output)?.[1];
    if (version) found.push({ path, version, major: Number.parseInt(version, 10) });
  }
  return found;
}

/**
 * A Redis to start: one on the PATH, otherwise a fresh one from apt, Homebrew or Docker.
 * @returns {Promise<{ path: string, version: string } | { docker: string, image: string }>}
 * @throws {Failure} one line that says what to install
 */
export async function findRedis() {
  const recent = (servers) => servers.find(({ major }) => major >= OLDEST);
  const present = await installed();
  if (recent(present)) return recent(present);
  // An older one may be somebody's database: it is not ours to upgrade.
  const [older] = present;
  if (
    !older &&
    ((await aptInstall(['redis-server', 'valkey-server'], { atLeast: OLDEST })) ||
      (await brewInstall('redis')))
  ) {
    const fresh = recent(await installed());
    if (fresh) return fresh;
  }
  const docker = onPath('docker');
  if (docker && (await run(docker, ['info'])).code === 0) return { docker, image: await pulled(docker) };
  if (older) throw new Failure(`${older.path} is version ${older.version}, and ${WANTED}. ${WAYS}.`);
  throw new Failure(`${WANTED}, and none was found or could be installed. ${WAYS}.`);
}

async function pulled(docker) {
  if ((await run(docker, ['image', 'inspect', IMAGE])).code === 0) return IMAGE;
  const { code, output } = await step(`Getting the container ${IMAGE} (docker pull)`, () =>
    run(docker, ['pull', '-q', IMAGE]),
  );
  if (code !== 0) throw new Failure(`docker pull ${IMAGE} failed: ${tail(output, 1)}. ${WAYS}.`);
  return IMAGE;
}
