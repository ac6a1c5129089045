// node scripts/image.mjs DIRECTORY: writes the files of the image, from what the build made. They run without node_modules.
import './lib/node-version.mjs';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PROGRAMS } from './lib/programs.mjs';
import { inRoot } from './lib/root.mjs';

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('Usage: node scripts/image.mjs DIRECTORY');
const image = resolve(directory);

const copy = (from, to = from) => {
  mkdirSync(dirname(join(image, to)), { recursive: true });
  cpSync(inRoot(from), join(image, to), { recursive: true });
};

rmSync(image, { recursive: true, force: true });
copy('deploy/hexfleet.mjs', 'hexfleet.mjs');
for (const file of ['package.json', 'LICENSE', 'dist/web']) copy(file);
// Not their source maps, which double the size.
for (const name of readdirSync(inRoot('dist/bundle')).filter((file) => file.endsWith('.js')))
  copy(join('dist/bundle', name));
for (const program of PROGRAMS) copy(join('dist', program));
copy('dist/libs/store/src/lua');
