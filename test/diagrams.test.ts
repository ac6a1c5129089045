import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

test('the diagrams are drawn from their texts', () => {
  const script = fileURLToPath(new URL('../scripts/diagrams.mjs', import.meta.url));
  const check = () => execFileSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect(check).not.toThrow();
});
