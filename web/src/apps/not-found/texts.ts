export const PAGE = { title: 'Page not found · Hexfleet' } as const;

/** Texts of the page for unknown addresses, which its HTML repeats for browsers without JavaScript. */
export const TEXTS = {
  title: 'There’s no page at this address',
  hint: 'The link may be incomplete, or the page has moved.',
  home: 'Home',
  rider: 'Rider app',
  driver: 'Driver app',
  dispatch: 'Dispatch board',
} as const;
