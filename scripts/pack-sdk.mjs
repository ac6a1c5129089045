// npm run pack:sdk: packs the client library as dist/hexfleet-sdk-VERSION.tgz.
import './lib/node-version.mjs';
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { print, step } from './lib/console.mjs';
import { installIfNeeded } from './lib/install.mjs';
import { must, run, runScript, tool } from './lib/processes.mjs';
import { inRoot } from './lib/root.mjs';

const NAME = '@hexfleet/sdk';
const STAGE = inRoot('dist/sdk');
const TO = './lib/';

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

const entry = (file) => ({ types: `${TO}sdk/src/${file}.d.ts`, default: `${TO}sdk/src/${file}.js` });

async function manifest() {
  const { version, license, engines, imports, dependencies } = JSON.parse(
    readFileSync(inRoot('package.json'), 'utf8'),
  );
  const names = await importedNames();
  const packages = names.filter((name) => name[0] !== '#');
  const unknown = packages.filter((name) => dependencies[name] === undefined);
  if (unknown.length > 0) throw new Error(`package.json has no dependency ${unknown.join(', ')}`);
  const aliases = names.filter((name) => name in imports);
  return {
    name: NAME,
    version,
    description: 'The client library of Hexfleet: live locations for driver, rider and dispatch apps',
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: { '.': entry('index'), './node': entry('node') },
    imports: Object.fromEntries(
      aliases.map((name) => [name, imports[name].default.replace('./dist/libs/', TO)]),
    ),
    dependencies: Object.fromEntries(packages.map((name) => [name, dependencies[name]])),
  };
}

async function pack() {
  rmSync(STAGE, { recursive: true, force: true });
  await must('tsc', tool('typescript/bin/tsc', ['-p', 'tsconfig.sdk.json']));
  const about = await manifest();
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(about, null, 2)}\n`);
  copyFileSync(inRoot('libs/sdk/README.md'), join(STAGE, 'README.md'));
  copyFileSync(inRoot('LICENSE'), join(STAGE, 'LICENSE'));
  await must('npm pack', run('npm', ['pack', '--pack-destination', inRoot('dist')], { cwd: STAGE }));
  return `dist/hexfleet-sdk-${about.version}.tgz`;
}

await runScript(async () => {
  await installIfNeeded();
  print(`${NAME} is in ${await step('Packing the client library', pack)}`);
});
