export { onHotEvent } from './hot-event.js';
export { Hub, type Room } from './hub.js';
export { HubIoAdapter } from './io-adapter.js';
export { failureOf } from './limits.js';
export { guardNamespace, type IdentifiedSocket } from './namespace.js';
export { Pseudonyms, pseudonymKey } from './pseudonyms.js';
export { AnswerInterceptor, parsed } from './requests.js';
export { type Identity, Tokens } from './tokens.js';
export { Turns } from './turns.js';
