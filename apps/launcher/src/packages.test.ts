import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { aptInstall } from './packages.js';

/** Puts programs of Debian before the real ones, which note their calls. @returns the calls and printed lines, in order */
function fakeDebian(): () => string[] {
  const dir = mkdtempSync(join(tmpdir(), 'hexfleet-apt-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const log = join(dir, 'log');
  writeFileSync(log, '');
  const programs = {
    'apt-get': `echo "apt-get $1" >> ${log}`,
    dpkg: `echo "dpkg $1" >> ${log}`,
    'apt-cache': 'case $2 in old) echo "  Candidate: 5:6.0.16" ;; new) echo "  Candidate: 5:7.0.15" ;; esac',
    sudo: 'shift; exec "$@"',
  };
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(dir, name), 0o755);
  }
  vi.stubEnv('PATH', `${dir}${delimiter}${process.env.PATH}`);
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    writeFileSync(log, `> ${text}`, { flag: 'a' });
    return true;
  });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    write.mockRestore();
  });
  // On a slow machine, the duration of a step is printed, too.
  const isCall = (line: string) => !line.startsWith('>   done in');
  return () => readFileSync(log, 'utf8').trim().split('\n').filter(isCall);
}

test('what apt-get will install is printed before it does anything', async () => {
  const calls = fakeDebian();
  expect(await aptInstall(['old', 'new'], { atLeast: 7 })).toBe(true);
  expect(calls()).toEqual([
    '> Updating the package lists, to install old or new (apt-get update) ...',
    'apt-get update',
    '> Installing new (apt-get install) ...',
    'dpkg --configure',
    'apt-get install',
  ]);
});

test('nothing is installed that is too old', async () => {
  const calls = fakeDebian();
  expect(await aptInstall(['old'], { atLeast: 7 })).toBe(false);
  expect(calls()).not.toContain('apt-get install');
});
