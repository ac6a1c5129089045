import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasProgram } from '../fixtures/programs.js';

const UNSHARE = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
const START_REDIS = 'redis-server /tmp/redis.conf > /dev/null';
/**
 * Commands that need the Internet. What they install is installed; Debian starts Redis when it installs it, with a configuration
 * file.
 */
const INSTALLING: Record<string, string> = {
  'apt-get install -y redis-server redis-tools haproxy openssl curl prometheus': `printf 'dir /tmp\\ndaemonize yes\\n' > /tmp/redis.conf; ${START_REDIS}`,
  'npm ci': 'test -d node_modules',
  'npm run build': 'test -f dist/apps/gateway/src/main.js',
};

async function canRun(): Promise<boolean> {
  try {
    execFileSync('unshare', [...UNSHARE, 'true'], { stdio: 'ignore' });
  } catch {
    return false;
  }
  for (const program of ['redis-server', 'haproxy', 'openssl', 'curl', 'promtool', 'ip'])
    if (!(await hasProgram(program, { promtool: 'prometheus', ip: 'iproute2' }[program]))) return false;
  return true;
}

/** Every line of the blocks marked `bash`. */
const commands = [...readFileSync('docs/operations.md', 'utf8').matchAll(/```bash\n([\s\S]*?)```/g)].flatMap(
  ([, block]) => block!.trim().split('\n'),
);

const isReady = (port: number) =>
  `curl --fail --silent --retry 20 --retry-connrefused http://127.0.0.1:${port}/readyz`;

/** A reboot and the next upgrade after the commands of the page. */
function laterCommands(): string[] {
  const next = 'mv /opt/hexfleet-next /opt/hexfleet';
  const upgrade = commands.slice(
    commands.indexOf('node scripts/image.mjs /opt/hexfleet-next'),
    commands.indexOf(next) + 1,
  );
  return [
    'systemctl stop hexfleet.target',
    'redis-cli SHUTDOWN',
    START_REDIS,
    'until redis-cli PING | grep -q PONG; do sleep 0.1; done',
    'test "$(redis-cli CONFIG GET maxmemory | tail -1)" = 4294967296',
    'test "$(redis-cli CONFIG GET appendonly | tail -1)" = yes',
    'test "$(redis-cli DBSIZE)" -gt 0',
    'systemctl start multi-user.target',
    ...[3001, 3002, 3101, 3102].map(isReady),
    'touch /opt/hexfleet-next/upgraded-before',
    'mv /opt/hexfleet-next /opt/hexfleet-previous',
    ...upgrade,
    'test ! -e /opt/hexfleet-previous/hexfleet',
    'test ! -e /opt/hexfleet-previous/upgraded-before',
  ];
}

test.skipIf(!(await canRun()))(
  'the commands of the handbook install, start, back up, upgrade and roll back a city, which survives a reboot',
  async () => {
    for (const command of Object.keys(INSTALLING)) expect(commands).toContain(command);
    const dir = mkdtempSync(join(tmpdir(), 'hexfleet-operations-'));
    const script = join(dir, 'script.sh');
    const lines = [...commands, ...laterCommands()].map(
      (command) => `echo '# ${command.replaceAll("'", "'\\''")}'\n${INSTALLING[command] ?? command}`,
    );
    const settings = 'export PATH=/usr/local/bin:$PATH LC_ALL=C\nset -euo pipefail\n';
    writeFileSync(script, `${settings}${lines.join('\n')}\necho finished\n`);
    const child = spawn('unshare', [...UNSHARE, 'bash', 'test/fixtures/sandbox.sh', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(dir, { recursive: true, force: true });
    // The last lines say which command failed.
    expect(output.trimEnd().split('\n').slice(-8).at(-1), output.slice(-2_000)).toBe('finished');
  },
  300_000,
);
