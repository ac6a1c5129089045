import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, step, tail } from './console.mjs';
import { aptInstall, brewInstall } from './packages.mjs';
import { run } from './processes.mjs';
import { onPath } from './root.mjs';

const MIN_VERSION = 7; // first with sharded Pub/Sub
const IMAGE = 'redis:7';
const REQUIREMENT = `Hexfleet needs Redis ${MIN_VERSION} or later`;
const HOW_TO_FIX = 'Install redis-server 7 or later or Valkey, start Docker, or set HEXFLEET_REDIS_URL';

/** Returns the servers on the PATH with their versions: { path, version: '7.0.15', major: 7 }. */
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
 * Finds a Redis to start: one on the PATH, otherwise a new one from apt, Homebrew or Docker.
 * @returns {Promise<{ path: string, version: string } | { docker: string, image: string }>}
 * @throws {Failure} with one line that says what to install
 */
export async function findRedis() {
  const recent = (servers) => servers.find(({ major }) => major >= MIN_VERSION);
  const present = await installed();
  if (recent(present)) return recent(present);
  // An older one may be in use as a database, so it is not upgraded.
  const [older] = present;
  if (
    !older &&
    ((await aptInstall(['redis-server', 'valkey-server'], { atLeast: MIN_VERSION })) ||
      (await brewInstall('redis')))
  ) {
    const fresh = recent(await installed());
    if (fresh) return fresh;
  }
  const docker = onPath('docker');
  if (docker && (await run(docker, ['info'])).code === 0) return { docker, image: await pullImage(docker) };
  if (older)
    throw new Failure(`${older.path} is version ${older.version}, and ${REQUIREMENT}. ${HOW_TO_FIX}.`);
  throw new Failure(`${REQUIREMENT}, and none was found or could be installed. ${HOW_TO_FIX}.`);
}

async function pullImage(docker) {
  if ((await run(docker, ['image', 'inspect', IMAGE])).code === 0) return IMAGE;
  const { code, output } = await step(`Pulling the image ${IMAGE} (docker pull)`, () =>
    run(docker, ['pull', '-q', IMAGE]),
  );
  if (code !== 0) throw new Failure(`docker pull ${IMAGE} failed: ${tail(output, 1)}. ${HOW_TO_FIX}.`);
  return IMAGE;
}

/**
 * Returns the path of an executable that tests can spawn like redis-server; a script in `tempDir` if Redis is a
 * container.
 */
export async function redisForTests(tempDir) {
  const redis = await findRedis();
  if (redis.path) return redis.path;
  const path = join(tempDir, 'redis-server');
  const user = process.getuid ? `--user ${process.getuid()}:${process.getgid()}` : '';
  // The port is published and the directory mounted under the same names, so that the arguments need no change.
  const script = `#!/bin/sh
port=6379; dir=; before=
for word; do
  case "$before" in --port) port=$word ;; --dir) dir=$word ;; esac
  before=$word
done
exec '${redis.docker}' run --rm ${user} -p "127.0.0.1:$port:$port" \${dir:+-v "$dir:$dir"} ${redis.image} \\
  redis-server "$@" --bind 0.0.0.0 --protected-mode no
`;
  writeFileSync(path, script, { mode: 0o755 });
  return path;
}
