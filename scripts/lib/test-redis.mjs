import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findRedis } from './find-redis.mjs';

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
