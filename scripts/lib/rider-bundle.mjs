import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * Bundles the part of the client library that a browser loads for a page that only follows a driver.
 * @param name package name
 * @param dir package directory
 * @returns {Promise<{ code: string, gzipBytes: number }>}
 */
export async function riderBundle(name, dir) {
  process.env.NODE_ENV = 'production'; // excludes development code of libraries
  // Imported here, because top-level imports of a script must work before npm ci.
  const { build } = await import('vite');
  const page = mkdtempSync(join(tmpdir(), 'hexfleet-page-'));
  try {
    const link = join(page, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(dir, link, 'dir');
    const entry = join(page, 'page.js');
    writeFileSync(entry, `import { RiderClient } from '${name}';\nglobalThis.Rider = RiderClient;\n`);
    const { output } = await build({
      root: page,
      configFile: false,
      logLevel: 'warn',
      build: { write: false, modulePreload: false, rollupOptions: { input: entry } },
    });
    const code = initialChunks(output)
      .map((chunk) => chunk.code)
      .join('');
    return { code, gzipBytes: gzipSync(code, { level: 9 }).length };
  } finally {
    rmSync(page, { recursive: true, force: true });
  }
}

/** Returns the chunks that a page loads initially; others load on demand. */
function initialChunks(output) {
  const [entry] = output.filter((chunk) => chunk.isEntry);
  const names = new Set([entry.fileName]);
  for (const name of names)
    for (const imported of output.find(({ fileName }) => fileName === name)?.imports ?? [])
      names.add(imported);
  return output.filter((chunk) => chunk.type === 'chunk' && names.has(chunk.fileName));
}
