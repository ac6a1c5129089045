import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hasProgram } from '../fixtures/programs.js';

const UNSHARE = ['--mount', '--net', '--pid', '--fork', '--kill-child'];
/** Commands that need the Internet. What they install is installed; Debian starts Redis when it installs it. */
const INSTALLING: Record<string, string> = {
  'apt-get install -y redis-server redis-tools haproxy openssl curl prometheus':
    'redis-server --daemonize yes --dir /tmp > /dev/null',
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

test.skipIf(!(await canRun()))(
  'the commands of the handbook install, start, back up, upgrade and roll back a city',
  async () => {
    for (const command of Object.keys(INSTALLING)) expect(commands).toContain(command);
    const dir = mkdtempSync(join(tmpdir(), 'hexfleet-operations-'));
    const script = join(dir, 'script.sh');
    const lines = commands.map(
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
