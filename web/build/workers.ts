import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import type { Plugin, Rolldown } from 'vite';
import { INSTALLABLE, type InstallablePage } from './manifests.ts';

/** Files of a page that a worker keeps. */
export type Shell = {
  page: InstallablePage;
  /** fingerprint of all files: another one is another version */
  version: string;
  /** SHA-256 of the page itself, hexadecimal: only with this page its other files belong together */
  html: string;
  /** paths of the files, whose names contain a hash of their content, and of the icon */
  files: string[];
};

type Bundle = Rolldown.OutputBundle;

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');

/** Left out because few pages use it, and only with a connection: the library of Mapbox. */
const IS_LEFT_OUT = /^assets\/mapbox/;

/** Returns the files that a page can load, now or later. */
export function filesOf(page: string, bundle: Bundle): string[] {
  const html = bundle[`${page}.html`];
  if (html?.type !== 'asset') throw new Error(`There is no ${page}.html`);
  const found = new Set<string>();
  const visit = (name: string): void => {
    const file = bundle[name];
    if (file === undefined || found.has(name) || IS_LEFT_OUT.test(name) || name.endsWith('.html')) return;
    found.add(name);
    if (file.type !== 'chunk') return;
    const { importedCss, importedAssets } = file.viteMetadata ?? {};
    for (const next of [
      ...file.imports,
      ...file.dynamicImports,
      ...(importedCss ?? []),
      ...(importedAssets ?? []),
    ])
      visit(next);
    // Files that code names without importing them, such as the worker of the map.
    for (const [, next] of file.code.matchAll(/["'`/](assets\/[\w.-]+)["'`]/g)) visit(next!);
  };
  for (const [, name] of String(html.source).matchAll(/(?:src|href)="\/([^"]+)"/g)) visit(name!);
  return [...found].toSorted();
}

/** Returns what the worker of a page keeps. */
export function shellOf(page: InstallablePage, bundle: Bundle): Shell {
  const html = sha256((bundle[`${page}.html`] as Rolldown.OutputAsset).source);
  const files = ['icon.svg', 'favicon.svg', ...filesOf(page, bundle)].map((name) => `/${name}`);
  const unique = [...new Set(files)];
  return { page, version: sha256(`${html} ${unique.join()}`).slice(0, 16), html, files: unique };
}

/** Returns the worker for these files as one script. */
export async function compile(shell: Shell): Promise<string> {
  const bundle = await rolldown({
    input: join(import.meta.dirname, '../worker/worker.ts'),
    transform: { define: { __SHELL__: JSON.stringify(shell) } },
  });
  const { output } = await bundle.generate({ format: 'iife', minify: true });
  return output[0].code;
}

/** Adds a service worker for each installable page, which knows the files of this build. */
export const workers: Plugin = {
  name: 'workers',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    async handler(_options, bundle) {
      for (const page of INSTALLABLE)
        this.emitFile({
          type: 'asset',
          fileName: `${page}-worker.js`,
          source: await compile(shellOf(page, bundle as Bundle)),
        });
    },
  },
};
