import type { Plugin } from 'vite';

/** Pages that can be installed. */
export const INSTALLABLE = ['rider', 'driver', 'dispatch'] as const;
export type InstallablePage = (typeof INSTALLABLE)[number];

const NAMES: Record<InstallablePage, { name: string; description: string; orientation: 'portrait' | 'any' }> =
  {
    rider: {
      name: 'Hexfleet Rider',
      description: 'Cars around you, a car for you, and where it is until you are there.',
      orientation: 'portrait',
    },
    driver: {
      name: 'Hexfleet Driver',
      description: 'Trips for your car, one at a time.',
      orientation: 'portrait',
    },
    dispatch: { name: 'Hexfleet Dispatch', description: 'The whole fleet, live.', orientation: 'any' },
  };

const icon = (size: number) => ({ src: `/icon-${size}.png`, sizes: `${size}x${size}`, type: 'image/png' });

/** Returns the web app manifest of a page, https://www.w3.org/TR/appmanifest. */
export const manifestOf = (page: InstallablePage) => ({
  id: `/${page}`,
  start_url: `/${page}`,
  scope: `/${page}`,
  lang: 'en',
  short_name: NAMES[page].name.replace('Hexfleet ', ''),
  ...NAMES[page],
  display: 'standalone',
  background_color: '#d3dee4',
  theme_color: '#14181d',
  icons: [
    { src: '/icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { ...icon(192), purpose: 'any' },
    { ...icon(512), purpose: 'any' },
    { ...icon(512), purpose: 'maskable' },
  ],
});

/** Adds the manifest of each installable page, and its links to the page. */
export const manifests: Plugin = {
  name: 'manifests',
  apply: 'build',
  transformIndexHtml: (_html, { path }) => {
    const page = INSTALLABLE.find((name) => path.endsWith(`/${name}.html`));
    if (page === undefined) return [];
    return [
      { tag: 'link', attrs: { rel: 'manifest', href: `/${page}.webmanifest` }, injectTo: 'head' },
      { tag: 'link', attrs: { rel: 'apple-touch-icon', href: '/icon-180.png' }, injectTo: 'head' },
    ];
  },
  generateBundle() {
    for (const page of INSTALLABLE)
      this.emitFile({
        type: 'asset',
        fileName: `${page}.webmanifest`,
        source: JSON.stringify(manifestOf(page)),
      });
  },
};
