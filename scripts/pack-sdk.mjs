// npm run pack:sdk: packs the client library as dist/hexfleet-sdk-VERSION.tgz.
import './lib/node-version.mjs';
import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { print, step } from './lib/console.mjs';
import { installIfNeeded, npmCommand } from './lib/install.mjs';
import { mustRun, runScript } from './lib/processes.mjs';
import { inRoot, root } from './lib/root.mjs';

const NAME = '@hexfleet/sdk';
const STAGE = inRoot('dist/sdk');
const TO = './lib/';

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Returns the names that the compiled files import, including types: packages, and internal names that begin with `#`. */
async function importedNames() {
  // Imported here, because top-level imports of a script must work before npm ci.
  const { default: ts } = await import('typescript');
  const names = readdirSync(join(STAGE, 'lib'), { recursive: true })
    .filter((file) => /\.(js|d\.ts)$/.test(file))
    .flatMap((file) => ts.preProcessFile(readFileSync(join(STAGE, 'lib', file), 'utf8')).importedFiles)
    .map(({ fileName }) => fileName)
    .filter((name) => !/^\.|^node:/.test(name))
    .map((name) => (name[0] === '#' ? name : /^(@[^/]+\/)?[^/]+/.exec(name)[0]));
  return [...new Set(names)].sort();
}

/** Returns the exports entry of a file, if it exists. */
function entry(path, file) {
  const at = `${TO}sdk/src/${file}`;
  return existsSync(join(STAGE, `${at}.js`)) ? { [path]: { types: `${at}.d.ts`, default: `${at}.js` } } : {};
}

const pick = (names, from, change) =>
  Object.fromEntries(names.flatMap((name) => (name in from ? [[name, change(from[name])]] : [])));

async function manifest() {
  const { version, license, engines, imports, dependencies } = readJson(inRoot('package.json'));
  const names = await importedNames();
  const packages = names.filter((name) => name[0] !== '#');
  const unknown = packages.filter((name) => dependencies[name] === undefined);
  if (unknown.length > 0) throw new Error(`package.json has no dependency ${unknown.join(', ')}`);
  return {
    name: NAME,
    version,
    description: 'The client library of Hexfleet: live locations for driver, rider and dispatch apps',
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: { ...entry('.', 'index'), ...entry('./node', 'node') },
    imports: pick(names, imports, ({ default: file }) => file.replace('./dist/libs/', TO)),
    dependencies: pick(packages, dependencies, (range) => range),
  };
}

async function pack() {
  rmSync(STAGE, { recursive: true, force: true });
  const tsc = inRoot('node_modules/typescript/bin/tsc');
  await mustRun('tsc', process.execPath, [tsc, '-p', 'tsconfig.sdk.json'], { cwd: root });
  const about = await manifest();
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  copyFileSync(inRoot('libs/sdk/README.md'), join(STAGE, 'README.md'));
  copyFileSync(inRoot('LICENSE'), join(STAGE, 'LICENSE'));
  const [npm, ...before] = npmCommand();
  await mustRun('npm pack', npm, [...before, 'pack', '--pack-destination', inRoot('dist')], { cwd: STAGE });
  return `dist/hexfleet-sdk-${about.version}.tgz`;
}

/** Returns the bytes, gzipped, of what a page that only follows a driver loads at first; the rest is loaded on demand. */
async function riderBytes() {
  process.env.NODE_ENV = 'production'; // excludes development code of libraries
  const { build } = await import('vite');
  const page = join(STAGE, 'page.js');
  writeFileSync(
    page,
    `import { RiderClient } from '${TO}sdk/src/index.js';\nglobalThis.Rider = RiderClient;\n`,
  );
  const { output } = await build({
    root: STAGE,
    configFile: false,
    logLevel: 'warn',
    build: { write: false, modulePreload: false, rollupOptions: { input: page } },
  });
  const names = new Set([output.find((chunk) => chunk.isEntry).fileName]);
  for (const name of names)
    for (const imported of output.find(({ fileName }) => fileName === name)?.imports ?? [])
      names.add(imported);
  const code = output.flatMap((chunk) => (names.has(chunk.fileName) ? [chunk.code] : [])).join('');
  return gzipSync(code, { level: 9 }).length;
}

await runScript(async () => {
  await installIfNeeded();
  print(`${NAME} is in ${await step('Packing the client library', pack)}`);
  print(
    `A page that imports only RiderClient: ${((await riderBytes()) / 1000).toFixed(1)} kB of JavaScript, gzipped`,
  );
});
