import { Failure } from '#scripts/console';
import { onPath, run } from '#scripts/processes';
import { aptInstall, brewInstall } from './packages.js';

const MIN_VERSION = 7; // first with sharded Pub/Sub
const REQUIREMENT = `Hexfleet needs Redis ${MIN_VERSION} or later`;
const HOW_TO_FIX =
  'Install redis-server 7 or later or Valkey, or set HEXFLEET_REDIS_URL, for example after `docker run -p 6379:6379 redis:7`';

type Server = { path: string; version: string };

/** Returns the servers on the PATH with their versions, such as { path, version: '7.0.15' }. */
async function installed(): Promise<Server[]> {
  const found: Server[] = [];
  for (const name of ['redis-server', 'valkey-server']) {
    const path = await onPath(name);
    const version = path && /v=(\d+[\d.]*)/.exec((await run(path, ['--version'])).output)?.[1];
    if (path && version) found.push({ path, version });
  }
  return found;
}

/**
 * Returns the path of a Redis: one on the PATH, otherwise a new one from apt or Homebrew.
 * @throws {Failure} with one line that says what to install
 */
export async function findRedis(): Promise<string> {
  const recent = (servers: Server[]) =>
    servers.find(({ version }) => Number.parseInt(version, 10) >= MIN_VERSION)?.path;
  const present = await installed();
  const found = recent(present);
  if (found !== undefined) return found;
  // An older one may be in use as a database, so it is not upgraded.
  const [older] = present;
  if (older !== undefined)
    throw new Failure(`${older.path} is version ${older.version}, and ${REQUIREMENT}. ${HOW_TO_FIX}.`);
  const names = ['redis-server', 'valkey-server'];
  if ((await aptInstall(names, { atLeast: MIN_VERSION })) || (await brewInstall('redis'))) {
    const fresh = recent(await installed());
    if (fresh !== undefined) return fresh;
  }
  throw new Failure(`${REQUIREMENT}, and none was found or could be installed. ${HOW_TO_FIX}.`);
}
