/** Helpers that the pages share with the sdk; not part of the package. */
export { sleep } from './event-promise.js';
export { randomId } from './platform.js';
