/** Written into the worker by web/build/workers.ts. */
declare const __SHELL__: {
  page: 'rider' | 'driver' | 'dispatch';
  version: string;
  html: string;
  files: string[];
};
